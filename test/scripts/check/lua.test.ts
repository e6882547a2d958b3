import { assert, describe, it } from "@effect/vitest"
import { luaViolations } from "../../../scripts/check/lua.ts"

const prelude = `#!lua flags=no-writes
local time = redis.call("TIME")
local now = time[1] * 1000
local events, books = KEYS[1], KEYS[2]
local limit = tonumber(ARGV[1])
`

const shared = { path: "shared.lua", text: "local function count()\n  return redis.call(\"XLEN\", events)\nend\n" }
const good = "for _, id in ipairs(redis.call(\"HKEYS\", books)) do\n  if count() > limit then return id end\nend\n"

const faults = (text: string, ...more: ReadonlyArray<{ readonly path: string; readonly text: string }>) => {
  const main = { path: "main.lua", text }
  return luaViolations([shared, main, ...more], [{ prelude, files: [shared, main] }]).map(
    ({ line, message, path }) => `${path}:${line} ${message}`
  )
}

describe("the check of Lua", () => {
  it("passes a script whose names are all declared and used", () => {
    assert.deepStrictEqual(faults(good), [])
  })

  it("finds what is no Lua 5.1, with its line", () => {
    assert.deepStrictEqual(faults(`${good}local a = = 1\n`), ["main.lua:4 <expression> expected near '='"])
    assert.lengthOf(faults(`${good}goto done\n`), 1)
  })

  it("finds names that nothing declares, once a line", () => {
    assert.deepStrictEqual(faults(`${good}return depht + depht\n`), ["main.lua:4 depht is declared nowhere"])
    assert.deepStrictEqual(faults(`${good}total = 1\n`), ["main.lua:4 total is declared nowhere"])
    assert.deepStrictEqual(faults(`${good}do local a = 1 end\nreturn a\n`), ["main.lua:5 a is declared nowhere"])
    assert.deepStrictEqual(faults(`${good}local a = a\n`), ["main.lua:4 a is declared nowhere"])
  })

  it("finds keys and arguments that are taken by their number", () => {
    assert.deepStrictEqual(faults(`${good}return ARGV[1]\n`), ["main.lua:4 ARGV is declared nowhere"])
  })

  it("finds declared keys and arguments that the script never uses", () => {
    assert.deepStrictEqual(faults("return function(limit) return books, limit end\n"), [
      "main.lua:1 limit is declared for this script and never used"
    ])
  })

  it("finds files of no script", () => {
    assert.deepStrictEqual(faults(good, { path: "left.lua", text: "return 1\n" }), ["left.lua:1 no script uses it"])
  })
})
