import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Logger, Schema } from "effect"
import { VaultNode } from "../../../layers/vault/VaultNode.ts"
import { answer, canaries, vaultStandIn, well } from "../../support/vaultStandIn.ts"
import { built } from "./vaults.ts"

const start = Effect.gen(function*() {
  const standIn = yield* vaultStandIn
  const files = yield* FileSystem.FileSystem
  const secretIdFile = `${yield* files.makeTempDirectoryScoped()}/secret-id`
  yield* files.writeFileString(secretIdFile, canaries.secretId)
  const options = { ca: undefined, roleId: "role", secretIdFile, mount: "secret", path: "mutt/prod" }
  const vault = yield* built(
    VaultNode({ address: standIn.url, ...options }).pipe(Layer.provide([NodeServices.layer, Logger.layer([])]))
  )
  return { standIn, vault }
}).pipe(Effect.orDie, Effect.provide(NodeServices.layer))

/** An error with all that hangs on it. */
const printed = (error: unknown) =>
  JSON.stringify(error) + String(error) +
  (error instanceof Error ? `${error.stack}${Schema.is(Schema.Unknown)(error.cause)}` : "")

it.live(
  "Vault's 503, cut bodies and nonsense are failures that a later try gets over, without a secret in their words",
  () =>
    Effect.gen(function*() {
      const { standIn, vault } = yield* start
      yield* vault.read
      const faults = [
        [{ reason: "failed", status: 503 }, (response) => answer(response, 503, { errors: [canaries.token] })],
        [{ reason: "unreachable", status: 0 }, (response) => {
          response.writeHead(200, { "content-length": "1000" }).write(`{"data":{"data":{"A":"${canaries.value}"`)
          setTimeout(() => response.destroy(), 20)
        }],
        [
          { reason: "unreadable", status: 200 },
          (response) => answer(response, 200, { data: { data: { A: { B: canaries.value } } } })
        ],
        [{ reason: "absent", status: 404 }, (response) => answer(response, 404, { errors: [] })],
        [{ reason: "unreachable", status: 0 }, (response) => response.destroy()]
      ] as const satisfies ReadonlyArray<readonly [object, (response: Parameters<typeof well>[1]) => void]>
      for (const [wanted, fault] of faults) {
        standIn.behave = (_, response) => fault(response)
        const error = yield* Effect.flip(vault.read)
        assert.deepInclude(error, wanted)
        for (const canary of Object.values(canaries)) assert.notInclude(printed(error), canary)
        standIn.behave = well
        yield* vault.read
      }
    }),
  30_000
)

it.live("Vault's answer that drips for ever is given up", () =>
  Effect.gen(function*() {
    const { standIn, vault } = yield* start
    yield* vault.read
    standIn.behave = (_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(" "), 100)
      response.on("close", () => clearInterval(drip))
    }
    assert.deepInclude(yield* Effect.flip(vault.read), { reason: "timeout" })
  }))

it.live(
  "An expired token is replaced by one login, however many want to read; a mere refusal costs none",
  () =>
    Effect.gen(function*() {
      const { standIn, vault } = yield* start
      yield* vault.read
      const logins = () => standIn.asked.filter((line) => line.includes("/login")).length
      standIn.behave = (request, response) => {
        if (request.url?.includes("/login") === true) {
          return answer(response, 200, { auth: { client_token: "fresh", lease_duration: 3600, renewable: true } })
        }
        return request.headers["x-vault-token"] === "fresh"
          ? well(request, response)
          : answer(response, 403, { errors: ["permission denied"] })
      }
      yield* Effect.all(Array.from({ length: 10 }, () => vault.read), { concurrency: 10 })
      assert.strictEqual(logins(), 2)

      standIn.behave = (request, response) =>
        request.url?.includes("/data/") === true
          ? answer(response, 403, { errors: ["permission denied"] })
          : well(request, response)
      assert.deepInclude(yield* Effect.flip(vault.read), { reason: "refused", status: 403 })
      assert.strictEqual(logins(), 2)
    }),
  30_000
)

it.live("A secret_id that is refused is an error without it", () =>
  Effect.gen(function*() {
    const { standIn, vault } = yield* start
    standIn.behave = (_, response) => answer(response, 400, { errors: [`invalid secret id ${canaries.secretId}`] })
    const error = yield* Effect.flip(vault.read)
    assert.deepInclude(error, { operation: "login", reason: "refused", status: 400 })
    assert.notInclude(printed(error), canaries.secretId)
  }))
