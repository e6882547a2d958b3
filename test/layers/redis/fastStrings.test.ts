import { assert, it } from "@effect/vitest"
import { setFlagsFromString } from "node:v8"
import "../../../layers/redis/connection.ts"

it("the methods of strings are no dictionary to V8, though ioredis is loaded", () => {
  setFlagsFromString("--allow-natives-syntax")
  const isQuick: unknown = new Function("return %HasFastProperties(String.prototype)")()
  assert.strictEqual(isQuick, true)
})
