import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
import { inspect } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { needs } from "../../support/needs.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

const unreadable = 600

const sendUnreadable = Effect.gen(function*() {
  const { keys, programs } = yield* ConsoleStack
  const lines = Array.from(
    { length: unreadable },
    (_, at) => `{"hostname":"sw${at}","message":"fan ${at}","severity": err}`
  )
  const answer = yield* step("sending what can't be read", () =>
    fetch(`${programs.ingestor.url}/api/v2/ingest`, {
      method: "POST",
      headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
      body: lines.join("\n")
    }))
  assert.strictEqual(answer.status, 200)
})

const seeText = ({ page }: Tab, text: string | RegExp) =>
  step(`waiting for ${String(text)}`, () => page.getByText(text).first().waitFor())

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("dead letters", (it) => {
    it.effect("are grouped, read again and discarded by filter in three clicks, each number said before", () =>
      Effect.gen(function*() {
        yield* sendUnreadable
        const tab = yield* openConsole({ role: "operator", path: "overview" })
        yield* tab.pointer.click(yield* tab.see("link", `${unreadable} records could not be read`))
        yield* tab.see("rowheader", /not json/)
        yield* tab.pointer.click(yield* tab.see("button", `Read all ${unreadable} again`))
        yield* tab.see("dialog", `Read again ${unreadable} records?`)
        yield* tab.pointer.click(yield* tab.see("button", `Read again ${unreadable}`))
        yield* seeText(tab, `${unreadable} still can't be read and stay.`)
        assert.strictEqual(tab.pointer.clicks(), 3)
        yield* tab.pointer.click(yield* tab.see("row", /fan 599/))
        yield* seeText(tab, /Reading stopped at the mark/)
        assert.deepStrictEqual(yield* inspect(tab, "dead-letters"), [])
      }))

    it.effect("are discarded by keyboard alone, and never unasked", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "dead-letters?queue=quarantine" })
        yield* tab.see("rowheader", /not json/)
        yield* tab.keyboard.press("d")
        yield* tab.see("dialog", `Discard ${unreadable} records?`)
        // Cancel has the focus: what can't be undone takes a step more.
        yield* tab.keyboard.press("Tab", "Enter")
        yield* seeText(tab, `${unreadable} records discarded.`)
        yield* seeText(tab, "Nothing died.")
      }))
  })
})
