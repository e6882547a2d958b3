import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { eventually, until } from "../support/eventually.ts"
import { fourPrograms } from "../support/fourPrograms.ts"

const ask = (url: string, key: string, method = "GET", body?: unknown) =>
  Effect.promise(async () => {
    const answer = await fetch(url, {
      method,
      headers: { "content-type": "application/json", "x-api-key": key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return { status: answer.status, text: await answer.text() }
  })

it.live("the programs work with the rights they need, and an administrator's key is known and rotated at the web-ui alone", () =>
  Effect.gen(function*() {
    const { keys, programs, secretsFile } = yield* fourPrograms()
    const webUi = programs["web-ui"].url
    const others = [programs.ingestor, programs.alerter, programs["moog-forwarder"]]
    for (const { log, url } of [...others, programs["web-ui"]]) {
      yield* until(ask(`${url}/readyz`, ""), ({ text }) => text.includes(`"redis_rights":{"state":"ok"`))
      assert.notInclude(readFileSync(log, "utf8"), "NOPERM")
      assert.notInclude(readFileSync(log, "utf8"), "web-ui alone needs")
    }
    assert.strictEqual((yield* ask(`${webUi}/admin/config`, keys.admin)).status, 200)
    for (const { url } of others) {
      assert.strictEqual((yield* ask(`${url}/admin/config`, keys.admin)).status, 401)
      assert.strictEqual((yield* ask(`${url}/admin/config`, keys.operator)).status, 200)
    }

    const before = readFileSync(secretsFile, "utf8")
    const rotation = `${webUi}/api/v1/rotation/ADMIN_API_KEY`
    const started = yield* ask(`${rotation}/start`, keys.admin, "POST", { auto: true })
    assert.strictEqual(started.status, 200, started.text)
    yield* until(ask(rotation, keys.admin), ({ text }) => text.includes("\"state\":\"PROMOTED\""))
    const retired = yield* eventually(
      Effect.filterOrFail(
        ask(`${rotation}/retire`, keys.admin, "POST", {}),
        ({ status }) => status === 200,
        () => "not yet"
      )
    )
    assert.include(retired.text, "STEADY")
    yield* until(ask(`${webUi}/admin/config`, keys.admin), ({ status }) => status === 401)
    assert.strictEqual(readFileSync(secretsFile, "utf8"), before)
  }))
