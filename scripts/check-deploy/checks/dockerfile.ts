import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../stack/Paths.ts"
import type { Check } from "../Check.ts"
import { mustRun, noneOf } from "../tool.ts"

/** hadolint, and what it does not know: nothing runs in the image while it is built, and it is not root's. */
export const dockerfile: Check = {
  name: "dockerfile",
  what: "hadolint has no word against the Dockerfile; it runs nothing, and its user is 65532",
  tools: ["hadolint"],
  run: (tool) =>
    Effect.gen(function*() {
      const { said } = yield* mustRun(tool("hadolint"), ["--failure-threshold", "info", "Dockerfile"])
      const lines = readFileSync(join(repository, "Dockerfile"), "utf8").split("\n")
      yield* noneOf([
        ...said === "" ? [] : said.split("\n"),
        ...lines.filter((line) => line.startsWith("RUN ")).map((line) => `runs something: ${line}`),
        ...lines.includes("USER 65532:65532") ? [] : ["its user is not 65532:65532"]
      ])
      return "no word against it"
    })
}
