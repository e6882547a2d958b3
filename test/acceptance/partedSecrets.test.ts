import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isAdminSecret } from "../../layers/secret/adminSecrets.ts"
import type { StackDescription } from "../../scripts/stack/StackFile.ts"
import { freshClone } from "../support/freshClone.ts"
import { start } from "../support/startCommand.ts"

const status = (url: string | undefined, key: string) =>
  Effect.promise(async () => {
    const answer = await fetch(`${url}/admin/config`, { headers: { "x-api-key": key } })
    await answer.text()
    return answer.status
  })

/** What each program answers to the keys of an administrator and of an operator. */
const answers = ({ alerter, ingestor, keys, moogForwarder, webUi }: StackDescription) =>
  Effect.forEach(
    [webUi, ingestor, alerter, moogForwarder],
    ([program]) => Effect.all([status(program?.url, keys.admin), status(program?.url, keys.operator)])
  )

it.live("npm start parts the secrets of an installation that had one file for all, with its data and keys", () =>
  Effect.gen(function*() {
    const clone = yield* freshClone(undefined, { installed: "all" })
    const command = yield* start(clone, "--no-sample")
    const [path, adminPath] = ["secrets.json", "admin-secrets.json"].map((name) => join(clone.folder, ".mutt", name))
    const text = (file: string | undefined) => readFileSync(file ?? "", "utf8")
    const values = (file: string | undefined): Readonly<Record<string, string>> => JSON.parse(text(file))
    yield* command.start
    const { keys } = yield* command.stack
    yield* command.stop

    // As earlier versions left it: one file, and servers that have these passwords.
    const all = { ...values(path), ...values(adminPath) }
    writeFileSync(path ?? "", JSON.stringify(all, null, 2) + "\n", { mode: 0o600 })
    rmSync(adminPath ?? "")
    yield* command.start
    const parted = yield* command.stack
    assert.deepStrictEqual(parted.keys, keys)
    assert.deepStrictEqual({ ...values(path), ...values(adminPath) }, all)
    assert.isFalse(Object.keys(values(path)).some(isAdminSecret))
    assert.isTrue(Object.keys(values(adminPath)).every(isAdminSecret))
    const [webUi, ...others] = yield* answers(parted)
    assert.deepStrictEqual(webUi, [200, 200])
    for (const other of others) assert.deepStrictEqual(other, [401, 200])
    assert.notInclude(command.said(), "web-ui alone needs")
    yield* command.stop

    const before = [text(path), text(adminPath)]
    yield* command.start
    assert.deepStrictEqual([text(path), text(adminPath)], before)
    assert.deepStrictEqual(yield* answers(yield* command.stack), [webUi, ...others])
  }))
