import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Schema } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { AuditChainPostgres } from "../../../layers/audit/AuditChainPostgres.ts"
import { CheckpointsFile } from "../../../layers/audit/Checkpoints.ts"
import { CheckpointSignerVault } from "../../../layers/audit/CheckpointSignerVault.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { Vault } from "../../../layers/vault/Vault.ts"
import { TransitKeys, wasSignedBy } from "../../../services/cli/transitKeys.ts"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { staticConfig } from "../connections.ts"
import { migratedDatabase } from "../database.ts"
import { webUiVault } from "../vault/vaults.ts"

class Bao extends Context.Service<Bao, { readonly bao: OpenBao; readonly file: string }>()("test/audit/Bao") {}

const transit = { mount: "transit", key: "mutt-audit" }

const world = Layer.unwrap(Effect.gen(function*() {
  const bao = yield* openBao("disk")
  const vault = yield* webUiVault(bao, { transit })
  const file = bao.file("checkpoints.jsonl")
  const secrets = {
    kind: "vault" as const,
    path: undefined,
    vault: {
      address: bao.url,
      caPath: undefined,
      roleId: "",
      secretIdFile: "",
      mount: "secret",
      path: "secret/mutt/prod",
      transit
    }
  }
  const signer = CheckpointSignerVault.pipe(
    Layer.provideMerge(vault),
    Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), secrets }))
  )
  return Layer.mergeAll(AuditChainPostgres, ConfigAuditPostgres).pipe(
    Layer.provide(CheckpointsFile(file)),
    Layer.provideMerge(signer),
    Layer.provideMerge(migratedDatabase()),
    Layer.provideMerge(NodeServices.layer),
    Layer.provideMerge(Layer.succeed(Bao, { bao, file }))
  )
})).pipe(Layer.provide(Logger.layer([])))

const record = ConfigAudit.use((audit) =>
  audit.record({
    actor: "noc",
    operation: "UPDATE",
    table: "dynamic_config",
    key: "moog_rate_limit",
    before: { value: 1 },
    after: { value: 2 },
    reason: null,
    correlationId: "c"
  })
)
const mark = Effect.andThen(record, AuditChain.use((chain) => chain.checkpoint))
const verify = AuditChain.use((chain) => chain.verify)
const decodeKeys = Schema.decodeUnknownEffect(TransitKeys)

needs(["OpenBao", "curl"], () => {
  layer(world, { excludeTestServices: true })("checkpoints signed by Vault", (it) => {
    it.effect("are found good by Vault, and without it by the public key", () =>
      Effect.gen(function*() {
        const { bao } = yield* Bao
        const made = [yield* mark, yield* mark]
        assert.match(made[0]?.signature ?? "", /^vault:v1:/)
        assert.deepInclude(yield* verify, { fault: undefined, checkpoints: { known: 2, signed: 2, verified: 2 } })
        yield* bao.ask("POST", "transit/keys/mutt-audit/rotate")
        made.push(yield* mark)
        assert.match(made[2]?.signature ?? "", /^vault:v2:/)
        assert.deepInclude((yield* verify).checkpoints, { known: 3, verified: 3 })
        const keys = yield* Effect.flatMap(bao.ask("GET", "transit/keys/mutt-audit"), decodeKeys)
        for (const one of made) {
          assert.isDefined(one)
          assert.isTrue(wasSignedBy(keys)(one))
          assert.isFalse(wasSignedBy(keys)({ ...one, seq: one.seq + 1 }))
          assert.isFalse(wasSignedBy(keys)({ ...one, signature: "vault:v9:x" }))
        }
      }))

    it.effect("that were changed, or lost their signature, are found", () =>
      Effect.gen(function*() {
        const { file } = yield* Bao
        const kept = readFileSync(file, "utf8")
        const lines = kept.trim().split("\n")
        const forge = (change: (line: string) => string) =>
          Effect.gen(function*() {
            writeFileSync(file, `${[...lines.slice(0, 1), ...lines.slice(1).map(change)].join("\n")}\n`)
            const found = yield* verify
            writeFileSync(file, kept)
            return found.fault
          })
        const later = yield* forge((line) => line.replace(/"at":"2/, "\"at\":\"3"))
        assert.deepInclude(later, { seq: 2, fault: "signature" })
        assert.deepInclude(yield* forge((line) => line.replace(/vault:v\d:[^"]*/, "nonsense")), {
          seq: 2,
          fault: "signature"
        })
        assert.deepInclude(yield* forge((line) => line.replace(/,"signature":"[^"]*"/, "")), {
          seq: 2,
          fault: "signature"
        })
        assert.deepInclude(yield* verify, { fault: undefined })
      }))

    it.effect("are built on by no other when they were changed or lost their signature", () =>
      Effect.gen(function*() {
        const { file } = yield* Bao
        yield* record
        const chain = yield* AuditChain
        const kept = readFileSync(file, "utf8")
        const lines = kept.trim().split("\n")
        for (const [from, to] of [[/"at":"2/, "\"at\":\"3"], [/,"signature":"[^"]*"/, ""]] as const) {
          const forged = `${[...lines.slice(0, -1), lines.at(-1)?.replace(from, to)].join("\n")}\n`
          writeFileSync(file, forged)
          assert.deepInclude(yield* Effect.flip(chain.checkpoint), { seq: 3, fault: "signature" })
          assert.deepInclude(yield* chain.fault, { seq: 3, fault: "signature" })
          assert.strictEqual(readFileSync(file, "utf8"), forged)
        }
        writeFileSync(file, kept)
        assert.strictEqual((yield* chain.checkpoint)?.seq, 4)
        assert.isUndefined(yield* chain.fault)
      }))

    it.effect("are not made while Vault is sealed, and the chain can be checked meanwhile", () =>
      Effect.gen(function*() {
        const { bao, file } = yield* Bao
        yield* bao.ask("PUT", "sys/seal")
        const before = readFileSync(file, "utf8")
        assert.strictEqual((yield* Effect.flip(mark))._tag, "AuditChainUnavailable")
        assert.strictEqual(readFileSync(file, "utf8"), before)
        assert.deepInclude(yield* verify, { fault: undefined, checkpoints: { known: 4, signed: 4, verified: 0 } })
        yield* bao.unseal
      }))

    it.effect("can be signed by the web-ui's role with that key alone", () =>
      Effect.gen(function*() {
        const { bao } = yield* Bao
        yield* bao.ask("POST", "transit/keys/another", { type: "ed25519" })
        const other = yield* webUiVault(bao, { transit: { mount: "transit", key: "another" } })
        const vault = yield* Effect.provide(Vault, yield* Layer.build(Layer.fresh(other)))
        assert.deepInclude(yield* Effect.flip(vault.sign("x")), { operation: "sign", reason: "refused", status: 403 })
      }))
  })
})
