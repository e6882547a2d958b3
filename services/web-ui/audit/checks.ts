import { Effect } from "effect"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import type { Check } from "../../../layers/http/HealthCheck.ts"
import { DatabaseRole } from "../../../layers/postgres/DatabaseRole.ts"

/**
 * The chain of changes was whole when a checkpoint was last to be made. Where it is not, work goes on and nothing
 * attests it.
 */
export const auditChainCheck = Effect.map(AuditChain, ({ fault }): Check => ({
  name: "audit_chain",
  required: false,
  check: Effect.map(fault, (found) =>
    found === undefined
      ? { state: "ok" }
      : { state: "degraded", detail: `broken at link ${found.seq} (${found.fault}); no checkpoint is made` })
}))

/**
 * The programs' role in PostgreSQL may do what programs need and no more. Anybody may ask, so what it is stands in the
 * log.
 */
export const databaseRoleCheck = Effect.map(DatabaseRole, ({ wide }): Check => ({
  name: "database_role",
  required: false,
  check: Effect.map(wide, (rights) =>
    rights === undefined || rights.length === 0
      ? { state: "ok", detail: rights === undefined ? "not known yet" : "" }
      : { state: "degraded", detail: `rights that programs need not: ${rights.length}, see the log` })
}))
