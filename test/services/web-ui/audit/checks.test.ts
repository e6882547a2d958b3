import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { AuditChain } from "../../../../layers/audit/AuditChain.ts"
import { DatabaseRole } from "../../../../layers/postgres/DatabaseRole.ts"
import { auditChainCheck, databaseRoleCheck } from "../../../../services/web-ui/audit/checks.ts"
import type { ChainFault } from "../../../../src/logic/auditChain.ts"

const chain = (fault: ChainFault | undefined) =>
  Effect.provide(auditChainCheck, Layer.mock(AuditChain, { fault: Effect.succeed(fault) }))
const role = (wide: ReadonlyArray<string> | undefined) =>
  Effect.provideService(databaseRoleCheck, DatabaseRole, { wide: Effect.succeed(wide) })

describe("/readyz of the web-ui", () => {
  it.effect("says that the chain of changes is broken, and where; that is no reason not to be ready", () =>
    Effect.gen(function*() {
      const { check, required } = yield* chain({ seq: 7, fault: "changed", detail: "" })
      assert.isFalse(required)
      assert.deepInclude(yield* check, {
        state: "degraded",
        detail: "broken at link 7 (changed); no checkpoint is made"
      })
      assert.deepInclude(yield* (yield* chain(undefined)).check, { state: "ok" })
    }))

  it.effect("says that the programs' role may do too much, without saying what", () =>
    Effect.gen(function*() {
      const { check, required } = yield* role(["INSERT config_audit_log"])
      assert.isFalse(required)
      assert.deepInclude(yield* check, { state: "degraded", detail: "rights that programs need not: 1, see the log" })
      for (const wide of [[], undefined]) assert.deepInclude(yield* (yield* role(wide)).check, { state: "ok" })
    }))
})
