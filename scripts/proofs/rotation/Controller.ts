import { Effect, Schema } from "effect"
import type { RotationStep } from "../../../src/domain/Rotation.ts"
import type { RunningProgram } from "../../../test/support/fourPrograms.ts"
import type { PasswordName } from "./SecretFile.ts"

/** What the controller was asked for and did not do. */
export class NotRotated extends Schema.TaggedError<NotRotated>()("NotRotated", {
  what: Schema.String,
  said: Schema.String
}) {
  override get message() {
    return `${this.what}: ${this.said}`
  }
}

type Command = Exclude<RotationStep, "stage" | "discard" | "revert" | "turn"> | "start" | "rollback" | "resume"

/** The controller of rotations behind one web-ui program. */
export interface Controller {
  readonly call: (
    name: PasswordName,
    command: Command,
    options?: { readonly auto?: boolean; readonly waitMs?: number }
  ) => Effect.Effect<void, NotRotated>
}

export const controller = ({ instance, url }: RunningProgram, key: string): Controller => ({
  call: (name, command, options = {}) => {
    const what = `${command} of ${name} by ${instance}`
    const { auto, waitMs = 60_000 } = options
    return Effect.tryPromise({
      try: (signal) =>
        fetch(`${url}/api/v1/rotation/${name}/${command}`, {
          signal,
          method: "POST",
          headers: { "x-api-key": key, "content-type": "application/json" },
          body: JSON.stringify({ reason: "a proof", ...(command === "start" ? { auto } : { wait: waitMs }) })
        }),
      catch: (error) => new NotRotated({ what, said: String(error) })
    }).pipe(
      Effect.flatMap((response) =>
        response.ok
          ? Effect.promise(() => response.arrayBuffer())
          : Effect.flatMap(
            Effect.promise(() => response.text()),
            (said) => Effect.fail(new NotRotated({ what, said: `${response.status} ${said}` }))
          )
      ),
      Effect.asVoid
    )
  }
})
