import { Effect, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { replaceFile } from "../../stack/replaceFile.ts"

/** The secrets that a server checks, and so can be right or wrong. */
export const passwordNames = ["DB_PASS", "REDIS_PASS"] as const
export type PasswordName = (typeof passwordNames)[number]

export const freshPassword = () => randomBytes(18).toString("base64url")

/** What the store holds of one secret. */
export interface Slots {
  readonly current: string
  readonly next?: string | undefined
}

/** The file that the programs have their secrets from, as an operator writes it. */
export interface SecretFile {
  readonly slots: (name: string) => Effect.Effect<Slots>
  readonly write: (name: string, slots: Slots) => Effect.Effect<void>
}

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

/** `fallback: false` leaves NEXT out of the file, so that there is nothing to fall back to. */
export const secretFile = (path: string, options: { readonly fallback: boolean }): SecretFile => {
  const read = () => decode(readFileSync(path, "utf8"))
  return {
    slots: (name) =>
      Effect.sync(() => {
        const values = read()
        return { current: values[`${name}_CURRENT`] ?? values[name] ?? "", next: values[`${name}_NEXT`] }
      }),
    write: (name, { current, next }) =>
      Effect.sync(() => {
        const values = { ...read(), [`${name}_CURRENT`]: current, [`${name}_NEXT`]: next ?? "" }
        if (!options.fallback) values[`${name}_NEXT`] = ""
        replaceFile(path, JSON.stringify(values))
      })
  }
}
