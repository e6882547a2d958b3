import { DateTime, Effect, Schema } from "effect"
import type { Send } from "./request.ts"
import { type SecretIdLife, VaultFailed } from "./Vault.ts"

const decode = Schema.decodeUnknownEffect(Schema.Struct({
  data: Schema.Struct({
    creation_time: Schema.DateTimeUtcFromString,
    /** Of one that does not end: the year 1. */
    expiration_time: Schema.DateTimeUtcFromString,
    /** 0: any number. */
    secret_id_num_uses: Schema.Finite
  })
}))

/**
 * Asks Vault how long this secret_id lives. The right to ask tells nothing about others: the question holds the
 * secret_id itself. One that Vault does not know, or not any more, is answered with nothing.
 */
export const askSecretIdLife = (
  send: Send,
  { role, secretId, token }: { readonly role: string; readonly secretId: string; readonly token: string }
): Effect.Effect<SecretIdLife, VaultFailed> =>
  send("lookup", {
    method: "POST",
    path: `auth/approle/role/${encodeURIComponent(role)}/secret-id/lookup`,
    token,
    body: { secret_id: secretId }
  }).pipe(
    Effect.flatMap((answer): Effect.Effect<SecretIdLife, VaultFailed> =>
      answer === undefined || answer === null || answer === ""
        ? Effect.succeed({ state: "ended", role })
        : Effect.matchEffect(decode(answer), {
          onFailure: () => Effect.fail(new VaultFailed({ operation: "lookup", reason: "unreadable", status: 200 })),
          onSuccess: ({ data }) => {
            const [madeAt, endsAt] = [data.creation_time, data.expiration_time].map(DateTime.toEpochMillis)
            return Effect.succeed<SecretIdLife>({
              state: "valid",
              role,
              madeAt: madeAt ?? 0,
              endsAt: endsAt === undefined || endsAt <= 0 ? undefined : endsAt,
              loginsLeft: data.secret_id_num_uses === 0 ? undefined : data.secret_id_num_uses
            })
          }
        })
    )
  )
