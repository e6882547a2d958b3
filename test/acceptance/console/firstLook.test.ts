import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
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

    it.effect("keeps what is looked for under a name, for one or for all, and takes a removal back", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "audit?op=update" })
        const choose = (name: string) => tab.page.getByRole("button", { name, exact: true })
        yield* tab.see("heading", "Audit")
        yield* tab.pointer.click(tab.page.locator("summary", { hasText: "Views" }))
        for (const [name, all] of [["mine", false], ["ours", true]] as const) {
          yield* step(`saving the view ${name}`, async () => {
            await tab.page.getByLabel(/^Save what/).fill(name)
            await tab.page.getByLabel("for all").setChecked(all)
            await tab.page.getByRole("button", { name: "Save" }).click()
            await choose(name).waitFor()
          })
        }
        assert.deepStrictEqual(yield* inspect(tab, "views"), [])
        yield* tab.pointer.click(yield* tab.see("button", "Remove the view ours"))
        yield* step("waiting until it is gone", () => choose("ours").waitFor({ state: "detached" }))
        yield* tab.pointer.click(yield* tab.see("button", "Undo"))
        yield* step("waiting until it is back", () => tab.page.getByText(/^Taken back/).waitFor())
        yield* step("looking elsewhere", () => tab.page.goto(tab.page.url().replace("?op=update", "")))
        yield* tab.pointer.click(tab.page.locator("summary", { hasText: "Views" }))
        yield* tab.pointer.click(yield* tab.see("button", "ours"))
        yield* step("waiting for the address", () => tab.page.waitForURL(/\/audit\?op=update$/))
      }))
  })
})
