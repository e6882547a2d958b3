import { DateTime, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Environment } from "../../../layers/environment/Environment.ts"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { callerOf } from "../../../layers/secret/names.ts"
import { Secrets } from "../../../layers/secret/Secrets.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { KeyItem } from "../../../src/api/web-ui/Keys.ts"
import { permits } from "../../../src/domain/Role.ts"

const iso = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
const slots = ["CURRENT", "NEXT"] as const

/** Lists the keys of callers: who they are is for all to see, what names their values for admins alone. */
export const KeysHandlers = HttpApiBuilder.group(
  WebUiApi,
  "keys",
  Effect.fn(function*(handlers) {
    const secrets = yield* Secrets
    const { uses } = yield* Authentication
    const { instance } = yield* Environment

    const itemOf = Effect.fnUntraced(
      function*(secret: string, prints: Readonly<Record<string, string>>, isAdmin: boolean) {
        const caller = callerOf(secret)
        if (caller === undefined) return []
        const use = yield* uses.of(caller)
        const item: KeyItem = {
          name: caller.name,
          role: caller.role,
          secret,
          slots: slots.flatMap((slot) => {
            const fingerprint = prints[slot]
            return fingerprint === undefined ? [] : [{ slot, fingerprint: isAdmin ? fingerprint : null }]
          }),
          last_used_at: use === undefined ? null : iso(use.lastAt),
          last_used_from: use?.from ?? null,
          calls_24h: use?.calls ?? 0
        }
        return [item]
      }
    )

    return handlers.handleAll({
      list: Effect.fnUntraced(function*() {
        const { credentials } = yield* secrets.status
        const isAdmin = permits((yield* CurrentCaller).role, "admin")
        const items = yield* Effect.forEach(
          Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1)),
          ([secret, prints]) => itemOf(secret, prints, isAdmin)
        )
        return { keys: items.flat(), instance, since: iso(uses.since) }
      })
    })
  })
)
