import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
import { inspect } from "../../support/browser/inspect.ts"
import { needs } from "../../support/needs.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

const seeText =
  (page: { readonly getByText: (text: string | RegExp) => { first(): { waitFor(): Promise<void> } } }) =>
  (text: string | RegExp) => step(`waiting for ${String(text)}`, () => page.getByText(text).first().waitFor())

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("watching", (it) => {
    it.effect("answers whether all is well without a click, and keeps a wall awake and large", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "overview" })
        const see = seeText(tab.page)
        yield* see("All is well")
        yield* see(/events accepted/)
        assert.deepStrictEqual([tab.pointer.clicks(), tab.keyboard.keys()], [0, 0])
        yield* tab.keyboard.press("w")
        yield* see("Leave the wall")
        assert.match(tab.page.url(), /wall=1/)
        assert.isFalse(yield* step("looking for the menu", () => tab.page.getByRole("navigation").isVisible()))
        assert.deepStrictEqual(yield* inspect(tab, "wall"), [])
        yield* tab.keyboard.press("w")
        yield* tab.see("navigation", "Pages")
      }))

    it.effect("says on every page which processes are ready, and shows one by one in a click or two keys", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "audit" })
        yield* tab.pointer.click(yield* tab.see("link", /all ready/))
        yield* tab.see("heading", "Fleet")
        yield* seeText(tab.page)("4 processes, all well.")
        assert.strictEqual(tab.pointer.clicks(), 1)
        yield* tab.keyboard.press("g", "o", "g", "f")
        yield* tab.see("heading", "Fleet")
        yield* tab.pointer.click(yield* tab.see("row", /alerter/))
        yield* tab.see("heading", "Checks")
        assert.deepStrictEqual(yield* inspect(tab, "fleet"), [])
      }))

    it.effect("says which build and runtime each process runs, and on what terms the console is made of others' work", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "fleet" })
        yield* seeText(tab.page)(/^Version \d\S+, .*on node \d/)
        yield* tab.pointer.click(tab.page.getByText("Version, build and runtime of each process"))
        yield* tab.see("row", /^alerter alerter-1 .* node \d/)
        yield* tab.pointer.click(tab.page.getByText("Licences of what this console holds"))
        yield* seeText(tab.page)(/^\d+ packages, besides MUTT itself/)
        yield* tab.pointer.click(tab.page.getByText(/^react \d\S*, MIT$/))
        yield* seeText(tab.page)(/^MIT License[^]*Meta Platforms/)
        assert.deepStrictEqual(yield* inspect(tab, "fleet-build"), [])
      }))
  })
})
