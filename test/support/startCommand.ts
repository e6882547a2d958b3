import { Effect, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../../scripts/stack/Paths.ts"
import { privateServer } from "../../scripts/stack/PrivateServer.ts"
import { StackDescription } from "../../scripts/stack/StackFile.ts"
import type { FreshClone } from "./freshClone.ts"

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(StackDescription), { onExcessProperty: "error" })

/** `npm start` in a clone, with handles; ends with its scope. */
export const start = (clone: FreshClone, ...words: ReadonlyArray<string>) => startWith({}, clone, ...words)

/** The same with more in its environment. */
export const startWith = (
  settings: Readonly<Record<string, string>>,
  clone: FreshClone,
  ...words: ReadonlyArray<string>
) =>
  Effect.gen(function*() {
    const log = join(clone.folder, ".mutt/start.log")
    const file = join(clone.folder, ".mutt/stack.json")
    const command = yield* privateServer({
      name: "npm start",
      launch: {
        program: process.execPath,
        args: ["scripts/start.ts", "--ports", "auto", ...words],
        env: { ...process.env, NODE_COMPILE_CACHE: join(stateFolder, "cache/node"), ...settings },
        cwd: clone.folder,
        log,
        stopSignal: "TERM"
      },
      ready: () => Effect.sync(() => existsSync(file)),
      patience: "5 minutes"
    })
    const stack = Effect.sync(() => decode(readFileSync(file, "utf8")))
    return { ...command, file, stack, said: () => readFileSync(log, "utf8") }
  })
