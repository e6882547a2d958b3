import { Effect, Schema } from "effect"
import { LoginLink } from "../../src/api/web-ui/Session.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(LoginLink))

/** Where the console is, with a link that logs an administrator in. */
export const consoleLine = (webUi: string, adminKey: string) =>
  Effect.tryPromise((signal) =>
    fetch(`${webUi}/api/v1/session/link`, { signal, method: "POST", headers: { "x-api-key": adminKey } })
  ).pipe(
    Effect.flatMap((response) => Effect.tryPromise(() => response.text())),
    Effect.flatMap(decode),
    Effect.match({
      onSuccess: ({ link }) =>
        `\nConsole: ${webUi}/console/#login=${link}\n  (good once, for a minute; \`npm run mutt -- console\` prints a new one)`,
      onFailure: ({ message }) => `\nConsole: ${webUi}/console/\n  (log in with a key; there is no link: ${message})`
    })
  )
