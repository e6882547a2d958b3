import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { repository } from "../../../scripts/stack/Paths.ts"

const processes = 8
const portsEach = 99

/** Picks ports, prints them, and lives until its input ends. */
const picker = `
  const { Effect } = await import("effect")
  const { freePort } = await import(${JSON.stringify(join(repository, "scripts/stack/FreePort.ts"))})
  console.log(JSON.stringify(await Effect.runPromise(Effect.all(Array.from({ length: ${portsEach} }, () => freePort)))))
  process.stdin.resume()
`

/** The ports that a process of its own picked. It ends with the scope. */
const picked = Effect.acquireRelease(
  Effect.sync(() => spawn(process.execPath, ["--input-type=module", "-e", picker], { cwd: repository, stdio: "pipe" })),
  (child) =>
    Effect.promise(async () => {
      const ended = once(child, "close")
      child.stdin.end()
      await ended
    })
).pipe(
  Effect.flatMap((child) => Effect.promise(() => once(child.stdout, "data"))),
  Effect.map(([line]): ReadonlyArray<number> => JSON.parse(String(line)))
)

describe("freePort", () => {
  it.live("never gives one port to two processes, nor one twice, though nobody listens yet", () =>
    Effect.gen(function*() {
      const ports = yield* Effect.all(Array.from({ length: processes }, () => picked), { concurrency: "unbounded" })
      assert.strictEqual(new Set(ports.flat()).size, processes * portsEach)
    }))
})
