import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { contentKey } from "../../../scripts/build/contentKey.ts"
import { repository } from "../../../scripts/stack/Paths.ts"

const here = `.mutt/run/${process.pid}-content-key`
const file = (name: string) => join(repository, here, name)

describe("the key of what is built", () => {
  it("changes with the name and the content of each file, and with nothing else", () => {
    try {
      for (const name of ["src", "left-out"]) mkdirSync(file(name), { recursive: true })
      writeFileSync(file("src/a.ts"), "1")
      writeFileSync(file("src/b.ts"), "2")
      const key = () => contentKey([here], `${here}/left-out`)
      const first = key()
      writeFileSync(file("left-out/c.ts"), "3")
      writeFileSync(file("src/a.ts"), "1")
      assert.strictEqual(key(), first)
      writeFileSync(file("src/a.ts"), "2")
      const changed = key()
      assert.notStrictEqual(changed, first)
      writeFileSync(file("src/a.ts"), "1")
      assert.strictEqual(key(), first)
      renameSync(file("src/b.ts"), file("src/c.ts"))
      assert.notInclude([first, changed], key())
    } finally {
      rmSync(join(repository, here), { recursive: true, force: true })
    }
  })
})
