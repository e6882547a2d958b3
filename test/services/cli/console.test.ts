import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { HttpServer } from "effect/http"
import { consoleLink } from "../../../services/cli/consoleLink.ts"
import { browser, Console, keyOf, session } from "../web-ui/sessionHarness.ts"
import { muttAt } from "./runMutt.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([consoleLink]))

layer(Console(), { excludeTestServices: true })("mutt console", (it) => {
  it.effect("prints an address that logs in once", () =>
    HttpServer.addressFormattedWith((url) =>
      Effect.gen(function*() {
        const mutt = muttAt(root, url.replace(/0\.0\.0\.0|\[::\]/, "127.0.0.1"))
        const text = yield* mutt(["console"], keyOf("admin"))
        const [, link] = /^http:\/\/127\.0\.0\.1:\d+\/console\/#login=(\w+)$/.exec(text) ?? []
        assert.strictEqual((yield* browser().send("POST", session, { body: { link } })).status, 204)
        assert.strictEqual((yield* browser().send("POST", session, { body: { link } })).status, 401)
        const shown = JSON.parse(yield* mutt(["console", "--json"], keyOf("viewer")))
        assert.deepStrictEqual(Object.keys(shown), ["url", "expires_at"])
      })
    ))
})
