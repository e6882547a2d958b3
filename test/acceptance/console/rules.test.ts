import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { Browser } from "../../support/browser/Browser.ts"
import { axe, inspect } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { needs } from "../../support/needs.ts"
import { request } from "../../support/request.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

const decodeEvents = Schema.decodeUnknownEffect(Schema.Struct({
  events: Schema.Array(Schema.Struct({ ref: Schema.String, message: Schema.String }))
}))

/** The newest sample event that no rule matches: neighbours that disagree on a VLAN. */
const unmatched = Effect.gen(function*() {
  const { keys, programs } = yield* ConsoleStack
  const url = `${programs["web-ui"].url}/api/v1/events?limit=200`
  const answer = yield* request(url, { headers: { "x-api-key": keys.viewer } })
  const { events } = yield* decodeEvents(yield* Effect.promise(() => answer.json()))
  return encodeURIComponent(events.find(({ message }) => message.includes("NATIVE_VLAN"))?.ref ?? "there is none")
})

const change = (path: string, method: string, body: object) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const headers = { "x-api-key": keys.admin, "content-type": "application/json" }
    const answer = yield* request(`${programs["web-ui"].url}/api/v1${path}`, {
      method,
      headers,
      body: JSON.stringify(body)
    })
    assert.isTrue(answer.ok, `${method} ${path} answered ${answer.status}`)
  })

const says = ({ page }: Tab, text: string | RegExp) => Effect.promise(() => page.getByText(text).first().waitFor())
const gone = ({ page }: Tab, name: string) =>
  Effect.promise(() => page.getByRole("row", { name }).waitFor({ state: "detached" }))

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("the pages of rules", (it) => {
    it.effect("make a rule of an event, tested and backtested, in four clicks more, and take it back in one", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: `rules?draft=${yield* unmatched}` })
        const { pointer, see } = tab
        yield* says(tab, "This rule decides.")
        yield* pointer.click(yield* see("tab", "Backtest"))
        yield* pointer.click(yield* see("button", "Run backtest"))
        yield* says(tab, /^5 of \d+ events would be decided otherwise\.$/)
        yield* pointer.click(yield* see("button", "Add…"))
        yield* pointer.click(yield* see("button", "Add rule"))
        yield* says(tab, /^Rule rule-\d+ is added\.$/)
        assert.isAtMost(pointer.clicks(), 4)
        yield* says(tab, /The alerter decides by version \d+\./)
        const [title = ""] = yield* Effect.promise(() => tab.page.getByRole("heading", { level: 2 }).allInnerTexts())
        yield* pointer.click(yield* see("button", "Undo"))
        yield* gone(tab, title)
        assert.isAtMost(pointer.clicks(), 5)
      }))

    it.effect("do the same by keyboard alone", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: `rules?draft=${yield* unmatched}` })
        yield* says(tab, "This rule decides.")
        yield* tab.keyboard.press("b")
        yield* says(tab, /^5 of \d+ events would be decided otherwise\.$/)
        yield* tab.keyboard.press("Control+s")
        yield* tab.see("heading", "Add this rule")
        yield* tab.keyboard.write("Neighbours disagree on the VLAN")
        yield* tab.keyboard.press("Enter")
        yield* says(tab, /^Rule rule-\d+ is added\.$/)
        assert.isAtMost(tab.keyboard.keys(), 3)
        yield* tab.keyboard.press("u")
        yield* says(tab, /^Taken back: Rule rule-\d+ is added\.$/)
      }))

    it.effect("move a rule by Alt and arrow, and bring back from its history what it was, in two clicks", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "rules?open=5" })
        const inOrder = (place: number) => tab.see("row", new RegExp(`^${place} \\d+ rule-5 `))
        yield* tab.see("heading", "rule-5")
        yield* inOrder(13)
        yield* tab.keyboard.press("Alt+ArrowUp")
        yield* says(tab, "Rule rule-5 is moved.")
        yield* inOrder(12)
        yield* tab.pointer.click(yield* tab.see("tab", "History"))
        const already = tab.pointer.clicks()
        yield* tab.pointer.click(yield* tab.see("button", "Back to before this"))
        yield* tab.pointer.click(yield* tab.see("button", "Save rule"))
        yield* says(tab, "Rule rule-5 is saved.")
        assert.isAtMost(tab.pointer.clicks() - already, 2)
        yield* inOrder(13)
      }))

    it.effect("let nobody overwrite unseen what somebody else saved, and keep what was typed over a reload", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "rules?open=7" })
        const { page, pointer, see } = tab
        const team = page.getByRole("complementary").getByLabel("Team", { exact: true })
        yield* Effect.promise(() => team.fill("WAN"))
        yield* Effect.promise(() => page.reload())
        assert.strictEqual(yield* Effect.promise(() => team.inputValue()), "WAN")
        yield* change("/rules/7", "PUT", { team_assignment: "DC", dev_handling: "Ignore" })
        yield* pointer.click(yield* see("button", "Save…"))
        yield* pointer.click(yield* see("button", "Save rule"))
        yield* see("heading", "Somebody else changed rule-7")
        yield* pointer.click(yield* see("button", "Go on with these"))
        yield* pointer.click(yield* see("button", "Save rule"))
        yield* says(tab, "Rule rule-7 is saved.")
        yield* Effect.promise(() => page.getByRole("row", { name: /rule-7 .* dev Ignore WAN/ }).waitFor())
      }))

    it.effect("lead from an event to the version that decided it, and back to it, one rule or all of them", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: `events?open=${yield* unmatched}` })
        const { page, pointer, see } = tab
        yield* change("/rules/11", "PUT", { team_assignment: "WAN", reason: "the WAN team takes it" })
        yield* change("/rules/12", "DELETE", { reason: "a mistake" })
        yield* pointer.click(yield* see("link", /^Version \d+ of the rules$/))
        const title = yield* see("heading", /^Version \d+$/)
        const version = yield* Effect.promise(() => title.innerText())
        yield* see("row", /a mistake/)
        yield* pointer.click(yield* see("button", "Compare with now"))
        yield* says(tab, /^\d+ rules.* differ\.$/)
        assert.deepStrictEqual(yield* inspect(tab, "rule-versions"), [])

        yield* pointer.click(yield* see("button", /^Bring rule-12 back/))
        yield* pointer.click(yield* see("button", "Bring it back"))
        yield* says(tab, "Rule rule-12 is back.")
        yield* pointer.click(yield* see("button", /^Bring rule-11 back/))
        yield* see("heading", "Save rule-11")
        yield* pointer.click(yield* see("button", "Back to the form"))

        yield* pointer.click(yield* see("button", `Go back to v${version.slice(1)}…`))
        yield* Effect.promise(() => page.getByText(/^Rules changed \d+: .*rule-11/).waitFor())
        assert.deepStrictEqual(yield* axe(tab), [])
        yield* tab.keyboard.write("as before")
        yield* tab.keyboard.press("Enter")
        yield* says(tab, new RegExp(`^The rules are as in v${version.slice(1)} again, as version \\d+\\.$`))
        yield* see("row", /as before/)
        yield* pointer.click(yield* see("button", "Undo"))
        yield* says(tab, /^Taken back: The rules are as in/)
      }))

    it.effect("add a pattern of hosts, and take it back in one click, but not what somebody changed since", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "operator", path: "hosts?view=patterns&open=new" })
        const { page, pointer, see } = tab
        const add = (pattern: string) =>
          Effect.gen(function*() {
            yield* Effect.promise(() => page.getByRole("complementary").getByLabel("Host or pattern").fill(pattern))
            yield* Effect.promise(() => page.getByRole("complementary").getByLabel("Team").fill("WAN"))
            yield* pointer.click(yield* see("button", /^Add$/))
            yield* says(tab, `${pattern} is added.`)
          })
        yield* add("wan-*")
        yield* see("row", /wan-\* .*WAN 1 host/)
        yield* pointer.click(yield* see("button", "Undo"))
        yield* gone(tab, "wan-*")
        yield* pointer.click(yield* see("button", "Add a host or pattern"))
        yield* add("sw?")
        yield* change("/teams/sw%3F", "PUT", { team_assignment: "DC" })
        yield* pointer.click(yield* see("button", "Undo"))
        yield* says(tab, "Not taken back: Somebody else changed it since.")
      }))

    it.effect("are seen in every look without a barrier, and nothing is out of place", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "rules" })
        yield* says(tab, /^15 rules/)
        assert.deepStrictEqual(yield* inspect(tab, "rules"), [])
        yield* tab.pointer.click(yield* tab.see("row", "rule-6"))
        yield* Effect.promise(() => tab.page.getByLabel("Message", { exact: true }).fill("fan failed"))
        yield* says(tab, /^This rule does not decide/)
        assert.deepStrictEqual(yield* inspect(tab, "rule"), [])
        yield* tab.pointer.click(yield* tab.see("link", "Hosts & teams"))
        yield* says(tab, /hosts heard in the last/)
        assert.deepStrictEqual(yield* inspect(tab, "hosts"), [])
      }))
  })
})
