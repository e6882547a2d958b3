import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { readFile } from "node:fs/promises"
import { Browser, step } from "../../support/browser/Browser.ts"
import { inspect } from "../../support/browser/inspect.ts"
import { needs } from "../../support/needs.ts"
import { request } from "../../support/request.ts"
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

    it.effect("loses no key that is pressed before the pages are there", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "overview" })
        const { page } = tab
        yield* tab.see("heading", "Overview")
        const arrive = yield* step("holding the pages back", async () => {
          let go = () => {}
          const gone = new Promise<void>((resolve) => (go = resolve))
          await page.route(/\/Pages-[^/]*\.js$/, async (route) => {
            await gone
            await route.continue()
          })
          await page.reload()
          await page.locator(".opening").waitFor()
          return go
        })
        yield* tab.keyboard.press("g", "a", "/", "s", "w", "1", "Enter")
        arrive()
        yield* tab.see("heading", "Events")
        yield* step("waiting for what was searched", () => page.waitForURL(/[?&](?:q|text|host)=sw1/))
      }))

    it.effect("chooses the columns of a list, which a link carries, and exports it whole", () =>
      Effect.gen(function*() {
        const { keys, programs } = yield* ConsoleStack
        const answer = yield* request(`${programs["web-ui"].url}/api/v1/dev-hosts`, {
          method: "POST",
          headers: { "x-api-key": keys.operator, "content-type": "application/json" },
          body: JSON.stringify({ hostname: "columns-switch", reason: "=1+1" })
        })
        assert.strictEqual(answer.status, 201)
        const tab = yield* openConsole({ role: "viewer", path: "audit?record=columns-switch" })
        yield* tab.see("row", /columns-switch/)
        yield* tab.pointer.click(tab.page.locator("summary", { hasText: "Columns" }))
        yield* tab.pointer.click(tab.page.getByLabel("Hash", { exact: true }))
        yield* tab.see("columnheader", "Hash")
        const linked = yield* openConsole({ role: "viewer", path: `audit${new URL(tab.page.url()).search}` })
        yield* linked.see("columnheader", "Hash")
        yield* step(
          "going there without saying columns",
          () => tab.page.goto(`${programs["web-ui"].url}/console/audit`)
        )
        yield* tab.see("columnheader", "Hash")
        yield* tab.keyboard.press("Escape")
        yield* linked.pointer.click(linked.page.locator("summary", { hasText: /^Export$/ }))
        assert.deepStrictEqual(yield* inspect(linked, "export"), [])
        const file = yield* step("exporting", async () => {
          const begun = linked.page.waitForEvent("download")
          await linked.page.getByRole("button", { name: "CSV", exact: true }).click()
          return readFile(await (await begun).path(), "utf8")
        })
        const [names = "", line = ""] = file.split("\r\n")
        assert.match(names, /^link,at,by,operation,table,record,reason,.*,previous_hash,hash,as_written$/)
        assert.include(line, ",CREATE,development_hosts,columns-switch,\"'=1+1\",")
        assert.match(line, /,[0-9a-f]{64},[0-9a-f]{64},true$/)
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
