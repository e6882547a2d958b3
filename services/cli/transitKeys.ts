import { Schema } from "effect"
import { createPublicKey, verify } from "node:crypto"
import type { Checkpoint } from "../../src/domain/ChainEntry.ts"
import { checkpointText } from "../../src/logic/auditChain.ts"

/** What Vault answers about an ed25519 key of its transit engine: a public key for each version. */
export const TransitKeys = Schema.Struct({
  data: Schema.Struct({ keys: Schema.Record(Schema.String, Schema.Struct({ public_key: Schema.String })) })
})

/** Precedes the 32 bytes of an Ed25519 key in its standard form (SPKI, DER). */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")

/** Whether the checkpoint's signature was made by one of the versions of the key. */
export const wasSignedBy = ({ data: { keys } }: typeof TransitKeys.Type) => (checkpoint: Checkpoint): boolean => {
  const [, version = "", signature = ""] = /^vault:v(\d+):(.+)$/.exec(checkpoint.signature ?? "") ?? []
  const raw = Buffer.from(keys[version]?.public_key ?? "", "base64")
  if (raw.length !== 32) return false
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: "der", type: "spki" })
  return verify(undefined, Buffer.from(checkpointText(checkpoint)), key, Buffer.from(signature, "base64"))
}
