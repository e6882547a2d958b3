import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { readFileSync } from "node:fs"
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

const documentedLines = [
  ...readFileSync("docs/SECURITY.md", "utf8").matchAll(/^sh scripts\/vault-init\.sh (--(?:kubernetes|cert) .*)$/gm)
].map(([, options = ""]) => options)

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
      const authorityFile = bao.file("ca.crt")
      replace(authorityFile, right.cert)
      // The lines of docs/SECURITY.md, with tokens that live for as long as a test waits.
      for (const line of documentedLines) {
        const args = line.split(" ").map((word) => word === "ca.crt" ? authorityFile : word)
        yield* bao.init(...args, "--kubernetes-mount", "cluster", "--token-ttl", "12")
      }
      yield* bao.ask("POST", "auth/cluster/config", {
        kubernetes_host: cluster.url,
        token_reviewer_jwt: serviceAccountToken("reviewer", "vault"),
        kubernetes_ca_cert: right.cert,
        disable_local_ca_jwt: true
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
        const by = { auth: "kubernetes", role: "mutt-programs", authMount: "cluster", tokenFile } as const
        const vault = yield* open({ address: bao.url, ca: undefined, ...mount, ...by })
        const missing = yield* Effect.flip(vault.read)
        assert.deepInclude(missing, { operation: "login", reason: "unreadable" })
        put(serviceAccountToken("mutt-web-ui", "telemetry"))
        assert.deepInclude(yield* Effect.flip(vault.read), { operation: "login", reason: "refused" })
        put(serviceAccountToken("mutt-alerter", "telemetry"))
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.include(cluster.asked, "POST /apis/authentication.k8s.io/v1/tokenreviews")
        put(serviceAccountToken("mutt-web-ui", "telemetry"))
        const webUi = yield* open({ address: bao.url, ca: undefined, ...mount, ...by, role: "mutt-webui" })
        const rotator = yield* open({ address: bao.url, ca: undefined, ...mount, ...by, role: "mutt-rotator" })
        const { values, version } = yield* webUi.admin.read
        assert.deepInclude(yield* Effect.flip(webUi.admin.write(values, version)), { reason: "refused" })
        yield* rotator.admin.write(values, version)

        // Kubernetes has renewed it, and Vault does not know what it gave any more.
        const before = cluster.asked.length
        put(serviceAccountToken("mutt-alerter", "telemetry", "mutt-2"))
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
        put(wrong.issue("mutt-alerter"))
        const by = { auth: "cert", role: "mutt-programs", certFile, keyFile } as const
        const vault = yield* open({ address: tlsUrl, ca: right.cert, ...mount, ...by })
        assert.deepInclude(yield* Effect.flip(vault.read), { operation: "login", reason: "refused" })
        put(right.issue("mutt-alerter"))
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        const first = yield* logins
        // A token lives for twelve seconds, and is renewed before these are over, also where the machine is busy.
        yield* until(secondsLeft, (seconds) => seconds < 6)
        yield* until(secondsLeft, (seconds) => seconds > 8)
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.deepStrictEqual(yield* logins, first)
        put(right.issue("mutt-alerter"))
        yield* bao.ask("POST", "sys/leases/revoke-prefix/auth/cert")
        assert.isAbove((yield* passwordOf(vault)).length, 30)
        assert.deepInclude(yield* Effect.flip(vault.secretId), { operation: "lookup", reason: "absent" })
      })))
  })
})
