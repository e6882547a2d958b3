import { assert, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import { basename } from "node:path"
import { commandsOf } from "../../scripts/docs/commands.ts"
import { repository } from "../../scripts/stack/Paths.ts"
import { readClaims } from "./claims.ts"
import { headings, pages, read } from "./documents.ts"

const { claims, strange } = readClaims(read("docs/CLAIMS.md"))
const proofs = claims.flatMap((claim) => claim.proofs.map((proof) => ({ claim, ...proof })))

const tests = new Map(globSync("test/**/*.ts", { cwd: repository }).map((file) => [file, read(file)]))

/** The title stands there as a text of its own, and is not left out. */
const has = (source: string, title: string): boolean =>
  ["\"", "`"].some((mark) => {
    const at = source.indexOf(`${mark}${title}${mark}`)
    return at >= 0 && !/\.(?:skip|todo)\(\s*$/.test(source.slice(0, at))
  })

/** A file of tests, or a suite that one of them runs. */
const isRun = (file: string): boolean =>
  file.endsWith(".test.ts") ||
  [...tests].some(([other, source]) => other !== file && source.includes(`/${basename(file)}"`) && isRun(other))

describe("docs/CLAIMS.md", () => {
  it("is a list that can be read, of many claims, each shown by something", () => {
    assert.deepStrictEqual(strange, [])
    assert.deepStrictEqual(claims.filter((claim) => claim.proofs.length === 0), [])
    assert.isAbove(claims.length, 150)
  })

  it("names pages, and sections that they have", () => {
    const lost = claims.filter(({ page, section }) => !pages.includes(page) || !headings(read(page)).includes(section))
    assert.deepStrictEqual(lost.map(({ line, page, section }) => `${line}: ${page}: ${section}`), [])
  })

  it("names tests that there are, and that are run", () => {
    const gone = proofs.filter(({ file, title }) => file !== "" && !(has(tests.get(file) ?? "", title) && isRun(file)))
    assert.deepStrictEqual(
      gone.map(({ claim, file, title }) => {
        const elsewhere = [...tests].filter(([, source]) => has(source, title)).map(([other]) => other)
        return `of line ${claim.line}: ${file}: ${title}; found in: ${elsewhere.join(", ") || "no file"}`
      }),
      []
    )
  })

  it("names commands that there are", () => {
    const scripts = Object.keys(JSON.parse(read("package.json")).scripts)
    const mutt = new Set(commandsOf("scripts/mutt.ts").map(({ name }) => name))
    const known = ({ command }: (typeof proofs)[number]) => {
      const [, script] = /^npm (?:run )?([a-z-]+)/.exec(command) ?? []
      return script === undefined ? mutt.has(command.replace(/^mutt /, "")) : scripts.includes(script)
    }
    assert.deepStrictEqual(proofs.filter(({ command }) => command !== "").filter((proof) => !known(proof)), [])
  })
})
