import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import type { Vault } from "../../../layers/vault/Vault.ts"
import { VaultNode, type VaultOptions } from "../../../layers/vault/VaultNode.ts"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { forServer, replace, right, tlsFolder, wrong } from "../../support/certificates.ts"
import { until } from "../../support/eventually.ts"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { serviceAccountToken, tokenReviewApi } from "../../support/tokenReview.ts"
import { ownMetrics, seriesOf } from "../telemetry/seriesOf.ts"
import { built } from "./vaults.ts"

const mount = { mount: "secret", path: "secret/mutt/prod" }

/** A server that lets in by certificates of the right authority, and by service accounts. */
class Server extends Context.Service<Server, {
  readonly bao: OpenBao
  readonly tlsUrl: string
  readonly cluster: Effect.Success<typeof tokenReviewApi>
}>()("test/layers/vault/auth/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function*() {
      const { files } = yield* tlsFolder(forServer())
      const port = yield* freePort
      const bao = yield* openBao("disk", { port, ...files })
      const cluster = yield* tokenReviewApi
      yield* bao.init()
      const roles = { token_policies: ["mutt-read"], token_ttl: "12s", token_max_ttl: "1h" }
      yield* bao.ask("POST", "sys/policies/acl/mutt-read", {
        policy: ["data", "metadata"].map((kind) => `path "secret/${kind}/mutt/prod" { capabilities = ["read"] }`).join(
          "\n"
        )
      })
      yield* bao.ask("POST", "sys/auth/cert", { type: "cert" })
      yield* bao.ask("POST", "auth/cert/certs/mutt", {
        certificate: right.cert,
        allowed_common_names: "mutt",
        ...roles
      })
      yield* bao.ask("POST", "sys/auth/cluster", { type: "kubernetes" })
      yield* bao.ask("POST", "auth/cluster/config", {
        kubernetes_host: cluster.url,
        token_reviewer_jwt: serviceAccountToken("reviewer", "vault"),
        kubernetes_ca_cert: right.cert,
        disable_local_ca_jwt: true
      })
      yield* bao.ask("POST", "auth/cluster/role/mutt", {
        bound_service_account_names: ["mutt"],
        bound_service_account_namespaces: ["monitoring"],
        ...roles
      })
      return { bao, cluster, tlsUrl: `https://localhost:${port}` }
    })
  )
}

const open = (options: VaultOptions) => built(VaultNode(options).pipe(Layer.provide(NodeServices.layer)))

const passwordOf = (vault: Vault["Service"]) =>
  Effect.map(vault.read, ({ values }) => values.get("DB_PASS_CURRENT")).pipe(
    Effect.map((value) => value === undefined ? "" : Redacted.value(value))
  )

const logins = seriesOf("mutt_vault_logins_total")
const secondsLeft = Effect.map(seriesOf("mutt_vault_token_ttl_seconds"), ({ program = Infinity }) => program)

needs(["OpenBao", "curl"], () => {
  layer(Layer.merge(Server.layer, Logger.layer([])), { excludeTestServices: true })("Vault, logged in to", (it) => {
    it.effect("by the token of a service account, read anew from its file at each login", () =>
      Effect.gen(function*() {
        const { bao, cluster } = yield* Server
        const tokenFile = bao.file("service-account-token")
        const put = (token: string) => {
          cluster.valid.clear()
          cluster.valid.add(token)
          replace(tokenFile, `${token}\n`)
        }
        const by = { auth: "kubernetes", role: "mutt", authMount: "cluster", tokenFile } as const
        const vault = yield* open({ address: bao.url, ca: undefined, ...mount, ...by })
        const missing = yield* Effect.flip(vault.read)
        assert.deepInclude(missing, { operation: "login", reason: "unreadable" })
        put(serviceAccountToken("stranger", "monitoring"))
        assert.deepInclude(yield* Effect.flip(vault.read), { operation: "login", reason: "refused" })
        put(serviceAccountToken("mutt", "monitoring"))
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.include(cluster.asked, "POST /apis/authentication.k8s.io/v1/tokenreviews")

        // Kubernetes has renewed it, and Vault does not know what it gave any more.
        const before = cluster.asked.length
        put(serviceAccountToken("mutt", "monitoring", "mutt-2"))
        yield* bao.ask("POST", "sys/leases/revoke-prefix/auth/cluster")
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.isAbove(cluster.asked.length, before)
      }))

    it.effect("by a certificate, which renews the token, and by the next one after it", () =>
      ownMetrics(Effect.gen(function*() {
        const { bao, tlsUrl } = yield* Server
        const [certFile, keyFile] = [bao.file("client.crt"), bao.file("client.key")]
        const put = ({ cert, key }: { readonly cert: string; readonly key: string }) => {
          replace(certFile, cert)
          replace(keyFile, key)
        }
        put(wrong.issue("mutt"))
        const by = { auth: "cert", role: "mutt", certFile, keyFile } as const
        const vault = yield* open({ address: tlsUrl, ca: right.cert, ...mount, ...by })
        assert.deepInclude(yield* Effect.flip(vault.read), { operation: "login", reason: "refused" })
        put(right.issue("mutt"))
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        const first = yield* logins
        // A token lives for twelve seconds, and is renewed before these are over, also where the machine is busy.
        yield* until(secondsLeft, (seconds) => seconds < 6)
        yield* until(secondsLeft, (seconds) => seconds > 8)
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.deepStrictEqual(yield* logins, first)
        put(right.issue("mutt"))
        yield* bao.ask("POST", "sys/leases/revoke-prefix/auth/cert")
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.deepInclude(yield* Effect.flip(vault.secretId), { operation: "lookup", reason: "absent" })
      })))
  })
})
