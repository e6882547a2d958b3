import { assert, describe, it, layer, type Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { passwordNames } from "../../../scripts/proofs/rotation/SecretFile.ts"
import { until } from "../../support/eventually.ts"
import { needs } from "../../support/needs.ts"
import { everybodyGetsIn, Operator, operatorAt, slots } from "./Operator.ts"
import { blocks, commands, marks } from "./Runbook.ts"
import type { Shell } from "./Terminal.ts"

/** Whom the server lets in after each step of the runbook. */
const steps = {
  DB_PASS: { mark: "postgres", lets: ["old", "new", "new", "new", "new"], look: /alerter-1.*g\d/ },
  REDIS_PASS: { mark: "redis", lets: ["old", "both", "both", "both", "both", "new"], look: /alerter:alerter-1:g\d/ }
} as const

/** Pastes one step after the other, and asks the server after each who may log in. What was printed. */
const rotateManually = (name: keyof typeof steps) =>
  Effect.gen(function*() {
    const { accounts, paste } = yield* Operator
    const { lets, look, mark } = steps[name]
    const [old = ""] = yield* slots(name)
    let said = ""
    let fresh = ""
    for (const [index, block] of blocks(mark).entries()) {
      const printed = yield* paste(block)
      const step = `step ${index + 1} of ${mark}: ${printed}`
      if (index === 4) {
        // An instance may be between two sessions when the operator looks, so the operator looks again.
        if (!look.test(printed)) yield* Effect.repeat(paste(block), { until: (said) => look.test(said) })
      } else assert.match(printed, /^ok: /m, step)
      assert.notMatch(printed, /^WRONG/m, step)
      if (index === 0) fresh = (yield* slots(name))[1] ?? ""
      assert.strictEqual(yield* accounts.letsIn(name, old), lets[index] !== "new", step)
      assert.strictEqual(yield* accounts.letsIn(name, fresh), lets[index] !== "old", step)
      said += printed
    }
    assert.match(fresh, /^[0-9a-f]{48}$/)
    assert.deepStrictEqual(yield* slots(name), [fresh, ""])
    assert.notInclude(said, fresh)
    assert.notInclude(said, old)
    return { old, fresh }
  })

const manualRotations = (it: Vitest.MethodsNonLive<Operator>) => {
  it.effect("rotates DB_PASS by hand, step by step", () =>
    Effect.gen(function*() {
      const { four } = yield* Operator
      const { fresh } = yield* rotateManually("DB_PASS")
      assert.notInclude(readFileSync(four.postgres.log, "utf8"), fresh)
      yield* everybodyGetsIn
    }))

  it.effect("rotates REDIS_PASS by hand, step by step", () =>
    Effect.andThen(rotateManually("REDIS_PASS"), everybodyGetsIn))

  it.effect("rotates both when all is pasted at once", () =>
    Effect.gen(function*() {
      const { accounts, follow } = yield* Operator
      const names = ["DB_PASS", "REDIS_PASS"] as const
      const old = yield* Effect.forEach(names, slots)
      const said = yield* follow("postgres", "redis")
      assert.notMatch(said, /^WRONG/m, said)
      for (const [index, name] of names.entries()) {
        const [current = "", next] = yield* slots(name)
        assert.strictEqual(next, "")
        assert.isTrue(yield* accounts.letsIn(name, current))
        assert.isFalse(yield* accounts.letsIn(name, old[index]?.[0] ?? ""))
      }
      yield* everybodyGetsIn
    }))
}

const runbookWith = (store: "file" | "vault", shell: Shell) =>
  describe(`the runbook, with the store ${store}, in ${shell}`, () => {
    layer(operatorAt(store, shell), { excludeTestServices: true })((it) => {
      it.effect("finds MUTT ready", () =>
        Effect.gen(function*() {
          const { follow } = yield* Operator
          assert.include(yield* follow("check"), "\"status\":\"ready\"")
        }))

      manualRotations(it)
      // What follows is the same in each shell.
      if (shell === "zsh") return

      if (store === "file") {
        // What follows is the same whatever `get` and `put` are.
        it.effect("changes nothing behind a step that went wrong, and goes back", () =>
          Effect.gen(function*() {
            const { accounts, follow, paste } = yield* Operator
            const [old = ""] = yield* slots("REDIS_PASS")
            const said = yield* paste(`REDIS_NODES="$REDIS_NODES 127.0.0.1:1"\n${commands("redis")}`)
            assert.match(said, /^WRONG: not every node has NEXT/m)
            assert.notMatch(said, /^ok: (?:promoted|the old)/m)
            const [current, next = ""] = yield* slots("REDIS_PASS")
            assert.strictEqual(current, old)
            assert.isTrue(yield* accounts.letsIn("REDIS_PASS", old))
            assert.match(yield* paste("REDIS_NODES=${REDIS_NODES% *}\n" + commands("redis-back")), /^ok: back/m)
            assert.deepStrictEqual(yield* slots("REDIS_PASS"), [old, ""])
            assert.isFalse(yield* accounts.letsIn("REDIS_PASS", next))
            yield* everybodyGetsIn
            assert.notMatch(yield* follow("redis-back"), /^ok/m)
          }))

        it.effect("takes a rotation of DB_PASS back", () =>
          Effect.gen(function*() {
            const { accounts, follow, paste } = yield* Operator
            const [old = ""] = yield* slots("DB_PASS")
            yield* paste(blocks("postgres").slice(0, 2).join(""))
            const [, next = ""] = yield* slots("DB_PASS")
            assert.isTrue(yield* accounts.letsIn("DB_PASS", next))
            yield* everybodyGetsIn
            assert.match(yield* follow("postgres-back"), /^ok: back/m)
            assert.deepStrictEqual(yield* slots("DB_PASS"), [old, ""])
            assert.isFalse(yield* accounts.letsIn("DB_PASS", next))
            yield* everybodyGetsIn
          }))
      }

      it.effect("rotates both passwords by the controller, all at once", () =>
        Effect.gen(function*() {
          const { accounts, follow } = yield* Operator
          const old = { DB_PASS: yield* slots("DB_PASS"), REDIS_PASS: yield* slots("REDIS_PASS") }
          const said = yield* follow("auto")
          for (const name of passwordNames) {
            assert.include(said, `${name} is STEADY: completed.`)
            const [current = "", next] = yield* slots(name)
            assert.notStrictEqual(current, old[name][0])
            assert.strictEqual(next, "")
            assert.isTrue(yield* accounts.letsIn(name, current))
            assert.isFalse(yield* accounts.letsIn(name, old[name][0] ?? ""))
            assert.notInclude(said, current)
          }
          yield* everybodyGetsIn
        }))

      if (store === "vault") return
      it.effect("rotates a password by the controller, step by step, and back again", () =>
        Effect.gen(function*() {
          const { follow } = yield* Operator
          const [old] = yield* slots("DB_PASS")
          const said = yield* follow("steps")
          for (const state of ["STAGED", "APPLIED", "VERIFIED", "PROMOTED", "DRAINED", "STEADY"]) {
            assert.match(said, new RegExp(`DB_PASS is ${state}\\b`))
          }
          assert.match(said, /alerter-1 .*CURRENT [0-9a-f]{8} NEXT [0-9a-f]{8}/)
          const [current] = yield* slots("DB_PASS")
          assert.notStrictEqual(current, old)
          assert.include(yield* follow("rollback"), "DB_PASS is STEADY: rolled_back.")
          assert.deepStrictEqual(yield* slots("DB_PASS"), [current, ""])
          yield* everybodyGetsIn
        }))

      it.effect("rotates the key of those who send events by the controller", () =>
        Effect.gen(function*() {
          const { follow, four } = yield* Operator
          yield* follow("controller-key")
          const [key = ""] = yield* slots("INGEST_API_KEY")
          assert.notStrictEqual(key, four.keys.ingest)
          const status = (key: string) =>
            Effect.promise(() => fetch(`${four.programs.ingestor.url}/admin/config`, { headers: { "x-api-key": key } }))
          yield* until(status(key), ({ ok }) => ok)
          assert.isTrue((yield* status(four.keys.ingest)).ok)
          yield* follow("controller-key-retire")
          yield* until(status(four.keys.ingest), ({ ok }) => !ok)
          assert.isTrue((yield* status(key)).ok)
          assert.deepStrictEqual(yield* slots("INGEST_API_KEY"), [key, ""])
        }))

      it.effect("rotates the key of those who send events by hand", () =>
        Effect.gen(function*() {
          const { follow, four } = yield* Operator
          const [old = ""] = yield* slots("INGEST_API_KEY")
          yield* follow("key")
          const [key = ""] = yield* slots("INGEST_API_KEY")
          const send = (key: string) =>
            Effect.promise(() =>
              fetch(`${four.programs.ingestor.url}/api/v2/ingest`, {
                method: "POST",
                headers: { "x-api-key": key, "content-type": "application/json" },
                body: JSON.stringify({ hostname: "core1", message: "hello" })
              })
            )
          assert.strictEqual((yield* send(key)).status, 200)
          yield* until(send(old), ({ status }) => status === 401)
        }))

      it.effect("rotates the key of the platform by hand", () =>
        Effect.gen(function*() {
          const { follow, four, say } = yield* Operator
          const { keys, moog, programs } = four
          // The platform takes this key alone; the one that the programs have was revoked.
          yield* say("printf 'a-revoked-key' | put MOOG_API_KEY_CURRENT; empty | put MOOG_API_KEY")
          yield* say(commands("moog"), moog.apiKey)
          yield* follow("moog-promote")
          const [key] = yield* slots("MOOG_API_KEY")
          assert.strictEqual(key, moog.apiKey)
          const [ingest = keys.ingest] = yield* slots("INGEST_API_KEY")
          yield* Effect.promise(() =>
            fetch(`${programs.ingestor.url}/api/v2/ingest`, {
              method: "POST",
              headers: { "x-api-key": ingest, "content-type": "application/json" },
              body: JSON.stringify({ hostname: "core1", message: "%LINK-3-UPDOWN: LINK-DOWN", severity: "err" })
            })
          )
          yield* until(moog.received(), ({ count }) => count > 0)
        }))
    })
  })

needs(["psql", "redisCli", "curl"], () => {
  runbookWith("file", "bash")
  needs(["zsh"], () => runbookWith("file", "zsh"))
  needs(["OpenBao"], () => runbookWith("vault", "bash"))
})

describe("the runbook", () => {
  it("has no commands that are not run here", () => {
    const run = [
      "check",
      "file-store",
      "vault-store",
      "words",
      "postgres",
      "redis",
      "key",
      "moog",
      "moog-promote",
      "mutt",
      "auto",
      "steps",
      "rollback",
      "controller-key",
      "controller-key-retire",
      "postgres-back",
      "redis-back"
    ]
    assert.deepStrictEqual([...marks()].sort(), run.sort())
  })
})
