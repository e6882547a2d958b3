import { assert, describe, it } from "@effect/vitest"
import { luaScripts } from "../../../layers/redis/luaScript.ts"

const folder = new URL("../../../layers/queue/lua/", import.meta.url)

const script = luaScripts<"books" | "rates">("test", folder)({
  file: "intakeRates",
  flag: "no-writes",
  uses: [{ file: "chunks", keys: ["books"], constants: { most: 5, group: "alerter" } }],
  keys: ["rates", "books"],
  args: { sender: "text", count: "number", final: "flag" },
  rows: { entry: { size: "number", text: "text" } }
})

describe("a script in a file", () => {
  it("declares its keys, constants, arguments and rows as locals, before the files that it uses and its own", () => {
    assert.deepStrictEqual(script.keys, ["books", "rates"])
    assert.strictEqual(
      script.prelude,
      `#!lua flags=no-writes
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local books, rates = KEYS[1], KEYS[2]
local most, group = 5, "alerter"
local sender, count, final = ARGV[1], tonumber(ARGV[2]), ARGV[3] == "1"
local values, cursor = ARGV, 4
local function nextEntry()
  local at = cursor
  cursor = at + 2
  return tonumber(values[at]), values[at + 1]
end
`
    )
    assert.isTrue(script.lua.startsWith(script.prelude))
    assert.isBelow(script.lua.indexOf("local function readAll"), script.lua.indexOf("HGETALL"))
  })

  it("puts values in the order of the declaration, whatever their order in the call", () => {
    const call = script.call({ final: true, count: 2, sender: "a" })
    call.add("entry", { text: "x\ny", size: 2 })
    assert.deepStrictEqual(call.args, ["a", 2, 1, 2, "x\ny"])
    assert.strictEqual(call.script.name, "test.intakeRates")
  })
})
