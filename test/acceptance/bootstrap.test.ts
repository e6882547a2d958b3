import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { freshClone, ordinaryUser } from "../support/freshClone.ts"

const bootstrap = "bash scripts/bootstrap.sh --no-system"
const pinned = "PATH=\"$PWD/node_modules/.bin:$PATH\""
const stop = `${pinned} node scripts/stop.ts`

describe("a clean clone of an ordinary user, below a closed folder, with no server on the system", () => {
  it.live("fetches all it needs, says so, and finds it at once the next time", () =>
    Effect.gen(function*() {
      // Packages are lent: installing them is the longest part, and each clean machine that runs these tests has done it.
      const clone = yield* freshClone(ordinaryUser, { installed: "packages" })
      assert.notStrictEqual(yield* clone.shell(bootstrap), "")
      const tools = JSON.parse(readFileSync(join(clone.folder, ".mutt/tools.json"), "utf8"))
      assert.isAtLeast(tools.postgres.version, 15)
      assert.isAtLeast(tools.redis.version, 7)
      for (const program of [join(tools.postgres.bin, "postgres"), tools.redis.bin]) {
        assert.isTrue(program.startsWith(clone.folder), `${program} is not in the clone`)
      }
      assert.strictEqual(yield* clone.shell(bootstrap), "")

      yield* Effect.addFinalizer(() => Effect.ignore(clone.shell(stop)))
      // What was fetched works, from these two commands on: npm start is the first of them with its set-up before it.
      const started = yield* clone.shell(`${pinned} node scripts/start.ts --ports auto --no-sample --detach`)
      assert.include(started, "MUTT is up")
      const stack = JSON.parse(readFileSync(join(clone.folder, ".mutt/stack.json"), "utf8"))
      assert.lengthOf(stack.ingestor, 1)
      assert.include(yield* clone.shell(stop), "Stopped")
      assert.isFalse(existsSync(join(clone.folder, ".mutt/stack.json")))
    }))
})

describe("scripts/bootstrap.sh", () => {
  it.live("explains itself, and refuses what it does not know", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone()
      assert.include(yield* clone.shell("bash scripts/bootstrap.sh --help"), "--packages")
      const refused = yield* Effect.flip(clone.shell("bash scripts/bootstrap.sh --everything"))
      assert.include(refused.output, "Usage")
    }))

  it.live("names what is missing and how to get it when nothing can be had", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone()
      // A PATH with bash and a few plain tools, and nothing that could install anything.
      const tools = "bash cat cksum tr mkdir uname dirname rm mv sed id"
      const path = `mkdir bare && for t in ${tools}; do ln -s "$(command -v $t)" bare/; done`
      const refused = yield* Effect.flip(clone.shell(`${path} && PATH="$PWD/bare" bash scripts/bootstrap.sh`))
      assert.include(refused.output, "npm is not installed")
    }))
})
