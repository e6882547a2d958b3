import { assert, it } from "@effect/vitest"
import { standbysWaitedFor } from "../../../src/logic/synchronousStandbys.ts"

it("commits wait for as many standbys as the names say, and for none when they wait for nobody", () => {
  const names = {
    "": 0,
    " ": 0,
    "*": 1,
    "a, b": 1,
    "\"2 (x)\", b": 1,
    "ANY 1 (*)": 1,
    "any 2 (a, b, c)": 2,
    "FIRST 2 (a,b)": 2,
    "3(a, b, c)": 3
  }
  for (const [text, count] of Object.entries(names)) {
    for (const commit of ["on", "remote_apply", "remote_write"]) {
      assert.strictEqual(standbysWaitedFor(text, commit), count)
    }
    for (const commit of ["off", "local"]) assert.strictEqual(standbysWaitedFor(text, commit), 0)
  }
})
