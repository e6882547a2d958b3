import { Effect, Layer } from "effect"
import { SecretStoreReadOnly, SecretWriter } from "./SecretWriter.ts"

/** A store that cannot be written: says so, and what to do instead. */
export const SecretWriterNone = (store: string, detail: string) => {
  const refused = Effect.suspend(() => Effect.fail(new SecretStoreReadOnly({ store, detail })))
  return Layer.succeed(SecretWriter, { read: refused, write: () => refused })
}

/** The environment of a process is given at its start. */
export const SecretWriterEnv = SecretWriterNone(
  "env",
  "Secrets in the environment cannot be changed while programs run. Rotate by hand, as docs/SECRET_ROTATION_PROCEDURE.md says, or keep secrets in a file or in Vault."
)
