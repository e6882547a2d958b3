import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { explained } from "../../../scripts/mutants/explained.ts"
import { describeMutant, mutated } from "../../../scripts/mutants/Mutant.ts"
import { promises } from "../../../scripts/mutants/promises.ts"
import { scoreOf } from "../../../scripts/mutants/report.ts"
import { expand, testsOf } from "../../../scripts/mutants/selection.ts"
import { mutantsIn, mutantsOf } from "../../../scripts/mutants/typescript.ts"
import { repository } from "../../../scripts/stack/Paths.ts"

const changes = (source: string) => mutantsOf(source).map((mutant) => mutated(source, mutant))

describe("mutants of TypeScript", () => {
  it("move a boundary, turn a comparison around, and change what is counted", () => {
    assert.deepStrictEqual(changes("const f = (a: 3, b: number) => a < b + 1"), [
      "const f = (a: 3, b: number) => a <= b + 1",
      "const f = (a: 3, b: number) => a >= b + 1",
      "const f = (a: 3, b: number) => a < b - 1",
      "const f = (a: 3, b: number) => a < b + 2"
    ])
  })

  it("change how conditions are joined, and what is said of them", () => {
    assert.deepStrictEqual(changes("const f = () => a && !b ? true : c || 200"), [
      "const f = () => a || !b ? true : c || 200",
      "const f = () => a && b ? true : c || 200",
      "const f = () => a && !b ? false : c || 200",
      "const f = () => a && !b ? true : c && 200",
      "const f = () => a && !b ? true : c || 400"
    ])
  })

  it("make a time longer", () => {
    assert.deepStrictEqual(changes("f(\"1 minute\", \"500 millis\", \"1 minute ago\")"), [
      ";",
      "f(\"2 minute\", \"500 millis\", \"1 minute ago\")",
      "f(\"1 minute\", \"1000 millis\", \"1 minute ago\")"
    ])
  })

  it("leave out calls, early returns and reasons", () => {
    assert.deepStrictEqual(
      changes("function f() {\n  if (a) return\n  g(b)\n  return { reason: \"late\", detail: \"x\" }\n}"),
      [
        "function f() {\n  ;\n  g(b)\n  return { reason: \"late\", detail: \"x\" }\n}",
        "function f() {\n  if (!(a)) return\n  g(b)\n  return { reason: \"late\", detail: \"x\" }\n}",
        "function f() {\n  if (a) return\n  ;\n  return { reason: \"late\", detail: \"x\" }\n}",
        "function f() {\n  if (a) return\n  g(b)\n  return { reason: \"\", detail: \"x\" }\n}"
      ]
    )
  })

  it("leave types, imports and joined texts alone", () => {
    assert.deepStrictEqual(changes("import a from \"b\"\ntype T = 1 | true\nconst c: Array<1> = \"x\" + a"), [])
  })
})

describe("mutants of texts", () => {
  it("are made of scripts of Redis, without their comments and texts", () => {
    const script =
      "`local a = ${b + \"1\"}\n-- one + two\nif a >= 1 and x == \"1 + 1\" then return end\nredis.call(\"DEL\", x)`"
    assert.deepStrictEqual(
      mutantsOf(script).filter(({ inText }) => inText).map((mutant) => describeMutant("a.ts", script, mutant)).map((
        { after, before, line }
      ) => `${line}: ${before} → ${after}`),
      [
        "3: if a >= 1 and x == \"1 + 1\" then return end → ",
        "3: >= → >",
        "3: >= → <",
        "3: 1 → 2",
        "3: and → or",
        "3: == → ~=",
        "4: redis.call(\"DEL\", x) → "
      ]
    )
  })

  it("are made of files of Lua", () => {
    assert.deepStrictEqual(
      mutantsIn("a.lua", "-- one + two\nlocal a = b + 1\n").map((mutant) =>
        mutated("-- one + two\nlocal a = b + 1\n", mutant)
      ),
      ["-- one + two\nlocal a = b - 1\n", "-- one + two\nlocal a = b + 2\n"]
    )
  })

  it("are made of statements of PostgreSQL, and stay statements", () => {
    const source = "sql`UPDATE a SET b = ${1} WHERE c <= now() - interval '1 day' AND d = 'x' LIMIT $1`"
    assert.deepStrictEqual(
      mutantsOf(source).filter(({ inText }) => inText).map((mutant) => mutated(source, mutant)),
      [
        "sql`UPDATE a SET b = ${1} WHERE c < now() - interval '1 day' AND d = 'x' LIMIT $1`",
        "sql`UPDATE a SET b = ${1} WHERE c > now() - interval '1 day' AND d = 'x' LIMIT $1`",
        "sql`UPDATE a SET b = ${1} WHERE c <= now() + interval '1 day' AND d = 'x' LIMIT $1`",
        "sql`UPDATE a SET b = ${1} WHERE c <= now() - interval '2 day' AND d = 'x' LIMIT $1`",
        "sql`UPDATE a SET b = ${1} WHERE c <= now() - interval '1 day' OR d = 'x' LIMIT $1`",
        "sql`UPDATE a SET b = ${1} WHERE c <= now() - interval '1 day' AND d <> 'x' LIMIT $1`"
      ]
    )
  })
})

describe("promises", () => {
  it("name files and tests that are there", () => {
    for (const { files, name, tests } of promises) {
      for (const glob of files) assert.isNotEmpty(expand([glob]), `${name}: ${glob}`)
      for (const path of tests) assert.isTrue(existsSync(join(repository, path)), `${name}: ${path}`)
    }
  })

  it("give a file its tests, and a file of no promise those in its mirror", () => {
    assert.deepStrictEqual(testsOf("src/decode/Budget.ts", promises).files, ["test/src/decode/budget.test.ts"])
    assert.deepStrictEqual(testsOf("src/logic/masking.ts", promises).files, ["test/src/logic/masking.test.ts"])
    assert.deepStrictEqual(testsOf("src/domain/Role.ts", promises).files, [])
  })

  it("explain only mutants that can be made", () => {
    for (const { after, at, before, file, why } of explained) {
      const source = readFileSync(join(repository, file), "utf8")
      const found = mutantsIn(file, source).map((mutant) => describeMutant(file, source, mutant)).filter((one) =>
        one.at === at && one.before === before && one.after === after
      )
      assert.isNotEmpty(found, `${file}: ${at}: ${before} → ${after}`)
      assert.isNotEmpty(why)
    }
  })
})

it("the score counts what no test noticed", () => {
  const mutant = { file: "a.ts", line: 1, at: "a", before: "1", after: "2" }
  const tried = (["killed", "survived", "late", "untyped"] as const).map((verdict) => ({ mutant, verdict }))
  assert.strictEqual(scoreOf(tried), 75)
  assert.strictEqual(scoreOf([]), 100)
})
