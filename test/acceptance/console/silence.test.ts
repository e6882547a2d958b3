import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
import { axe, inspect } from "../../support/browser/inspect.ts"
import { needs } from "../../support/needs.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

const Made = Schema.decodeUnknownSync(Schema.Struct({ id: Schema.Int }))
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("silencing", (it) => {
    it.effect("takes a reason and a click from where a host is known, shows what it holds back first, and is undone", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "silences?new=sw-quiet-1" })
        yield* tab.see("heading", "New silence")
        yield* step("waiting for the preview", () => tab.page.getByText(/in the last 24 hours/i).first().waitFor())
        yield* tab.keyboard.write("the card is exchanged")
        assert.deepStrictEqual(yield* inspect(tab, "silence-new"), [])
        yield* tab.pointer.click(yield* tab.see("button", /^Silence$/))
        yield* tab.see("heading", /Silence \d+/)
        assert.strictEqual(tab.pointer.clicks(), 1)
        assert.deepStrictEqual(yield* axe(tab), [])
        yield* tab.pointer.click(yield* tab.see("button", "Undo"))
        yield* step("waiting for its end", () => tab.page.getByText("over").first().waitFor())
      }))

    it.effect("goes by keyboard alone: a key, the host, the reason", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "overview" })
        yield* tab.see("heading", "Overview")
        yield* tab.keyboard.press("g", "s")
        yield* tab.see("heading", "Silences")
        yield* tab.keyboard.press("n")
        yield* tab.see("heading", "New silence")
        yield* step("waiting for the focus", () =>
          tab.page.waitForFunction("document.activeElement?.tagName === 'INPUT'"))
        yield* tab.keyboard.write("sw-quiet-2")
        // Sent without its reason, the form leads there.
        yield* tab.keyboard.press("Enter")
        yield* tab.keyboard.write("power is off")
        yield* step("waiting for the preview", () =>
          tab.page.getByText(/held back nothing/).first().waitFor())
        yield* tab.keyboard.press("Enter")
        yield* tab.see("heading", /Silence \d+/)
        assert.isAtMost(tab.keyboard.keys(), 5)
      }))

    it.effect("is changed with its effect before it, never over what somebody else made of it unseen, and undone", () =>
      Effect.gen(function*() {
        const { keys, programs } = yield* ConsoleStack
        const api = (method: string, path: string, body: object) =>
          step(`${method} ${path}`, async () => {
            const answer = await fetch(`${programs["web-ui"].url}/api/v1/silences${path}`, {
              method,
              headers: { "content-type": "application/json", "x-api-key": keys.operator },
              body: JSON.stringify(body)
            })
            assert.isTrue(answer.ok, `${method} ${path} answered ${answer.status}`)
            return Made(await answer.json())
          })
        const said = { match: { hosts: ["sw-quiet-3"] }, comment: "new cards", ends_at: inHours(2) }
        const { id } = yield* api("POST", "", said)
        const tab = yield* openConsole({ role: "operator", path: `silences?open=${id}` })
        const hosts = tab.page.getByRole("textbox", { name: "Hosts" })
        yield* tab.pointer.click(yield* tab.see("button", "Change…"))
        yield* step("naming another host", () => hosts.fill("sw-quiet-4"))
        yield* step("waiting for the preview", () => tab.page.getByText(/in the last 24 hours/i).first().waitFor())
        assert.deepStrictEqual(yield* inspect(tab, "silence-change"), [])
        yield* api("PUT", `/${id}`, { ...said, comment: "new line cards", ends_at: inHours(3) })
        yield* tab.pointer.click(yield* tab.see("button", "Save"))
        yield* tab.see("dialog", `Somebody else changed silence ${id}`)
        assert.deepStrictEqual(yield* inspect(tab, "silence-conflict"), [])
        const previewed = tab.page.waitForResponse("**/silences/preview")
        yield* tab.pointer.click(yield* tab.see("button", "Go on with these"))
        yield* step("waiting for the preview", () => previewed)
        assert.strictEqual(
          yield* step("reading the reason", () => tab.page.getByLabel("Reason").inputValue()),
          "new line cards"
        )
        yield* tab.pointer.click(yield* tab.see("button", "Save"))
        yield* step("waiting for the notice", () => tab.page.getByText(`Silence ${id} is changed.`).waitFor())
        yield* tab.see("row", /sw-quiet-4.*new line cards/)
        yield* tab.pointer.click(yield* tab.see("button", "Undo"))
        yield* tab.see("row", /sw-quiet-3.*new line cards/)
      }))

    it.effect("asks before much is silenced, keeps what was typed over a reload, and is not for viewers", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "silences?new=*" })
        const hosts = tab.page.getByRole("textbox", { name: "Hosts" })
        yield* step(
          "naming most hosts",
          () => hosts.fill("*.example.com")
        )
        yield* step("saying why", () => tab.page.getByLabel("Reason").fill("all at once"))
        yield* step("reading it again", () => tab.page.reload())
        assert.match(yield* step("reading the hosts", () => hosts.inputValue()), /example/)
        yield* tab.pointer.click(yield* tab.see("button", /^Silence$/))
        yield* tab.see("dialog", "Silence that much?")
        yield* tab.pointer.click(yield* tab.see("button", "Cancel"))
        const viewer = yield* openConsole({ role: "viewer", path: "silences" })
        const button = yield* viewer.see("button", /New silence.*needs operator/)
        assert.strictEqual(yield* step("looking at it", () => button.getAttribute("aria-disabled")), "true")
      }))
  })
})
