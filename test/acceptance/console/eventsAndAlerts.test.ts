import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
import { axe, inspect } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { eventually, until } from "../../support/eventually.ts"
import { needs } from "../../support/needs.ts"
import { request } from "../../support/request.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

/** A rule of the samples pages for it. */
const down = "%LINEPROTO-5-UPDOWN: Interface Gi0/1, changed state to down"

const send = (hostname: string, messages: ReadonlyArray<string>, severity = 3) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const answer = yield* request(`${programs.ingestor.url}/api/v2/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": keys.ingest },
      body: JSON.stringify(messages.map((message) => ({ hostname, message, severity })))
    })
    assert.strictEqual(answer.status, 200)
  })

const api = <A>(path: string, schema: Schema.Codec<A, unknown>) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const answer = yield* request(programs["web-ui"].url + path, { headers: { "x-api-key": keys.viewer } })
    return yield* Schema.decodeUnknownEffect(schema)(yield* step(path, () => answer.json()))
  })

const Events = Schema.Struct({
  events: Schema.Array(Schema.Struct({ id: Schema.String, ref: Schema.String }))
})
const Alert = Schema.Struct({ state: Schema.String })

/** The newest event of a host, once it is recorded. */
const recorded = (hostname: string) =>
  eventually(Effect.gen(function*() {
    const { events } = yield* api(`/api/v1/events?host=${hostname}`, Events)
    return yield* Effect.fromNullishOr(events[0])
  }))

const textOf = ({ page }: Tab, selector: string) =>
  step(`reading ${selector}`, () => page.locator(selector).first().innerText())

const inAddress = ({ page }: Tab, part: string) => new URL(page.url()).searchParams.get(part)

/** Stands in for what the browser makes sounds with. */
const countSounds = `globalThis.sounds = 0
globalThis.AudioContext = class {
  state = "running"
  currentTime = 0
  createOscillator() {
    return { frequency: {}, connect: (to) => to, start: () => void sounds++, stop() {} }
  }
  createGain() {
    return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect() {} }
  }
}`

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("events and alerts", (it) => {
    it.effect("tell why an event did or did not raise an alert, three keys after opening any page", () =>
      Effect.gen(function*() {
        yield* send("t2-switch", [down])
        const { id, ref } = yield* recorded("t2-switch")
        for (const typed of [id, ref, "T2-Switch"]) {
          const tab = yield* openConsole({ role: "viewer" })
          yield* tab.see("heading", "Overview")
          yield* tab.keyboard.press("/")
          yield* tab.keyboard.paste(typed)
          yield* tab.keyboard.press("Enter")
          yield* tab.see("heading", "It was decided")
          assert.isAtMost(tab.keyboard.keys(), 3)
          assert.include(yield* textOf(tab, ".detail"), "changed state to down")
          assert.include(inAddress(tab, "open"), id)
        }
      }))

    it.effect("go from event to event, and hold one against today's rules, by keys and by clicks", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "events" })
        yield* tab.pointer.click(tab.page.getByRole("grid").locator(".grid-row").nth(1))
        yield* tab.see("heading", "It was decided")
        const second = inAddress(tab, "open")
        yield* tab.keyboard.press("]")
        yield* until(Effect.sync(() => inAddress(tab, "open")), (open) => open !== second)
        yield* tab.keyboard.press("[")
        yield* until(Effect.sync(() => inAddress(tab, "open")), (open) => open === second)
        yield* tab.pointer.click(tab.page.getByRole("tab", { name: "By today’s rules" }))
        yield* tab.see("table", "The decision of then beside that of today’s rules")
        assert.include(yield* textOf(tab, ".detail"), "Today’s rules say the same.")
        yield* tab.keyboard.press("Escape")
        yield* until(Effect.sync(() => inAddress(tab, "open")), (open) => open === null)
      }))

    it.effect("come in live two clicks away, stand still while somebody reads, and none of them is lost", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer" })
        yield* tab.pointer.click(yield* tab.see("link", "Events"))
        yield* tab.pointer.click(yield* tab.see("button", /^Tail/))
        assert.isAtMost(tab.pointer.clicks(), 2)
        yield* until(textOf(tab, ".list-line"), (line) => line.startsWith("Live"))
        yield* send("t3-switch", ["fan 1", "fan 2", "fan 3"])
        yield* tab.see("row", /t3-switch/)
        const rows = tab.page.getByRole("row", { name: /t3-switch/ })
        yield* until(step("counting rows", () => rows.count()), (count) => count === 3)
        yield* tab.keyboard.press("Space")
        yield* tab.see("button", /^Go on \(0 new\)/)
        yield* send("t3-switch", Array.from({ length: 200 }, (_, n) => `fan ${n}`))
        yield* tab.see("button", /^Go on \(200 new\)/)
        assert.strictEqual(yield* step("counting rows", () => rows.count()), 3)
        yield* tab.keyboard.press("Space")
        yield* tab.see("row", /fan 199/)
        assert.isAtMost(yield* step("counting rows", () => tab.page.locator(".grid-row").count()), 80)
        yield* tab.keyboard.press("t")
        yield* tab.see("button", "Look again")
      }))

    it.effect("show what a draft rule would decide, two keys or a click after it was made, and leave it by one", () =>
      Effect.gen(function*() {
        yield* send("t5-link", [down])
        yield* recorded("t5-link")
        yield* send("t5-switch", ["%FAN-3-STOPPED: fan 2 in bay 7 stopped"])
        const { ref } = yield* recorded("t5-switch")
        const tab = yield* openConsole({ role: "operator", path: `events?open=${encodeURIComponent(ref)}` })
        yield* tab.see("heading", "It was decided")
        yield* tab.keyboard.press("r")
        yield* tab.see("heading", "New rule")
        yield* until(textOf(tab, ".tester-says"), (text) => text.includes("This rule decides."))
        yield* tab.keyboard.press("v")
        yield* tab.see("row", /decides.*t5-switch/)
        yield* until(textOf(tab, ".draft-line"), (text) => /decides 1 of \d+ events\./.test(text))
        assert.deepStrictEqual(yield* inspect(tab, "draft"), [])
        yield* tab.keyboard.press("Escape")
        yield* until(Effect.sync(() => inAddress(tab, "draft")), (draft) => draft === null)
        assert.isAtMost(tab.keyboard.keys(), 3)
        const rule = yield* openConsole({ role: "viewer", path: "rules?open=6" })
        yield* rule.pointer.click(yield* rule.see("link", /^See on events/))
        yield* rule.see("row", /^decides .*t5-link/)
        yield* rule.pointer.click(yield* rule.see("link", "Back to the rule"))
        yield* rule.see("heading", "rule-6")
        assert.strictEqual(rule.pointer.clicks(), 2)
      }))

    it.effect("ring once for each that is critical and new, and only for who asked for it", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "events?tail=1" })
        const sounds = step("counting sounds", () => tab.page.evaluate("sounds"))
        const begin = Effect.gen(function*() {
          yield* step("loading the page again", () => tab.page.reload())
          yield* until(textOf(tab, ".list-line"), (line) => line.startsWith("Live"))
        })
        yield* step("listening for sounds", () => tab.page.addInitScript(countSounds))
        yield* begin
        yield* send("bell-switch", ["fire 1"], 2)
        yield* tab.see("row", /fire 1/)
        assert.strictEqual(yield* sounds, 0)
        yield* tab.pointer.click(tab.page.locator(".person > summary"))
        yield* step("asking for sound", () => tab.page.getByLabel(/^Sound for/).selectOption("on"))
        assert.strictEqual(yield* sounds, 1)
        yield* send("bell-switch", ["fire 2"], 2)
        yield* until(sounds, (count) => count === 2)
        yield* begin
        yield* send("bell-switch", ["quiet 1"], 5)
        yield* tab.see("row", /quiet 1/)
        assert.strictEqual(yield* sounds, 0)
      }))

    it.effect("let an operator try a parked alert now, and nobody else", () =>
      Effect.gen(function*() {
        const { moog } = yield* ConsoleStack
        yield* moog.behave({ status: 503, retryAfter: 600, failNext: 1 })
        yield* send("parked-switch", [down])
        const { id } = yield* recorded("parked-switch")
        yield* until(api(`/api/v1/alerts/${id}`, Alert), ({ state }) => state === "parked")
        const viewer = yield* openConsole({ role: "viewer", path: `alerts?open=${id}` })
        const refused = yield* viewer.see("button", /^Try now/)
        assert.strictEqual(yield* step("reading a button", () => refused.getAttribute("aria-disabled")), "true")
        const tab = yield* openConsole({ role: "operator", path: `alerts?open=${id}` })
        yield* tab.see("heading", "Tries that failed")
        assert.deepStrictEqual(yield* axe(tab), [])
        yield* tab.pointer.click(yield* tab.see("button", /^Try now/))
        yield* tab.pointer.click(tab.page.getByRole("dialog").getByRole("button", { name: "Try now" }))
        yield* until(textOf(tab, ".detail"), (text) => text.includes("delivered"))
        assert.isAtMost(tab.pointer.clicks(), 2)
      }))

    it.effect("have no barrier and nothing out of place, in any look", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "events?sev=0,1,2,3" })
        yield* tab.see("row", /forwarded/)
        yield* tab.pointer.click(tab.page.getByText("What they have in common"))
        assert.deepStrictEqual(yield* inspect(tab, "events"), [])
        yield* tab.pointer.click(tab.page.getByRole("row", { name: /forwarded/ }).first())
        yield* tab.see("heading", "It was decided")
        assert.deepStrictEqual(yield* inspect(tab, "trace"), [])
        for (const [title, part] of [["As it came", /As JSON/], ["By today’s rules", /Today’s rules say/]] as const) {
          yield* tab.pointer.click(yield* tab.see("tab", title))
          yield* until(textOf(tab, ".detail"), (text) => part.test(text))
          assert.deepStrictEqual(yield* axe(tab), [])
        }
        const alerts = yield* openConsole({ role: "operator", path: "alerts" })
        yield* alerts.see("row", /delivered/)
        assert.deepStrictEqual(yield* inspect(alerts, "alerts"), [])
        yield* alerts.keyboard.press("g")
        yield* alerts.see("grid", "Alerts by signature")
        assert.deepStrictEqual(yield* axe(alerts), [])
        const live = yield* openConsole({ role: "viewer", path: "events?tail=1" })
        yield* until(textOf(live, ".list-line"), (line) => line.startsWith("Live"))
        assert.deepStrictEqual(yield* inspect(live, "tail"), [])
      }))
  })
})
