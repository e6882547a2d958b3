import { assert, it } from "@effect/vitest"
import { blockMs } from "../../../layers/redis/blockMs.ts"

it("how long a command blocks is read where that command has it", () => {
  assert.strictEqual(blockMs("XREAD", ["COUNT", 10, "BLOCK", 250, "STREAMS", "s", "$"]), 250)
  assert.strictEqual(blockMs("xreadgroup", ["GROUP", "g", "c", "block", "250", "STREAMS", "s", ">"]), 250)
  assert.strictEqual(blockMs("BLPOP", ["one", "other", 60]), 60_000)
  assert.strictEqual(blockMs("BLMOVE", ["one", "other", "LEFT", "RIGHT", 0.5]), 500)
  assert.strictEqual(blockMs("BLMPOP", [60, 1, "one", "LEFT", "COUNT", 8]), 60_000)
  assert.strictEqual(blockMs("GET", ["BLOCK"]), 0)
})
