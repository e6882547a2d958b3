import { readFileSync, writeFileSync } from "node:fs"
import { withGenerated } from "./generated.ts"
import { pages } from "./pages.ts"

for (const part of pages) {
  const file = new URL(`../../${part.page}`, import.meta.url)
  writeFileSync(file, withGenerated(readFileSync(file, "utf8"), part))
}
