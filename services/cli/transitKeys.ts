import { Schema } from "effect"
import { createPublicKey, verify } from "node:crypto"
import type { Checkpoint } from "../../src/domain/ChainEntry.ts"
import { checkpointText } from "../../src/logic/auditChain.ts"

/** What Vault says of a key of its transit engine, type ed25519: a public key for each version of it. */
export const TransitKeys = Schema.Struct({
  data: Schema.Struct({ keys: Schema.Record(Schema.String, Schema.Struct({ public_key: Schema.String })) })
})

/** What comes before the 32 bytes of an Ed25519 key in its standard form (SPKI, DER). */
const prefix = Buffer.from("302a300506032b6570032100", "hex")

/** Whether the checkpoint's signature was made by one of the versions of the key. */
export const wasSignedBy = ({ data: { keys } }: typeof TransitKeys.Type) => (checkpoint: Checkpoint): boolean => {
  const [, version = "", signature = ""] = /^vault:v(\d+):(.+)$/.exec(checkpoint.signature ?? "") ?? []
  const raw = Buffer.from(keys[version]?.public_key ?? "", "base64")
  if (raw.length !== 32) return false
  const key = createPublicKey({ key: Buffer.concat([prefix, raw]), format: "der", type: "spki" })
  return verify(undefined, Buffer.from(checkpointText(checkpoint)), key, Buffer.from(signature, "base64"))
}
