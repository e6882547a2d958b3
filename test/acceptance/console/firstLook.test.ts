import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Browser } from "../../support/browser/Browser.ts"
import { inspect } from "../../support/browser/inspect.ts"
import { needs } from "../../support/needs.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("the console", (it) => {
    it.effect("is led to from the program's address, and lets somebody in with a key", () =>
      Effect.gen(function*() {
        const { keys, programs } = yield* ConsoleStack
        const tab = yield* openConsole({ path: "../" })
        yield* tab.see("button", "Log in")
        yield* tab.keyboard.write("anna")
        yield* tab.keyboard.press("Tab")
        yield* tab.keyboard.paste(keys.viewer)
        yield* tab.keyboard.press("Enter")
        yield* tab.see("heading", "Overview")
        assert.match(tab.page.url(), new RegExp(`^${programs["web-ui"].url}/console/`))
      }))

    it.effect("shows its login and its overview in every look without a barrier, and nothing out of place", () =>
      Effect.gen(function*() {
        const door = yield* openConsole()
        yield* door.see("button", "Log in")
        assert.deepStrictEqual(yield* inspect(door, "login"), [])
        const tab = yield* openConsole({ role: "viewer" })
        yield* tab.see("heading", "Overview")
        assert.deepStrictEqual(yield* inspect(tab, "overview"), [])
      }))
  })
})
