import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { permits } from "../../../src/domain/Role.ts"
import { Browser, step } from "../../support/browser/Browser.ts"
import { overflows } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { until as untilEver } from "../../support/eventually.ts"
import { migrated } from "../../support/migrated.ts"
import { needs } from "../../support/needs.ts"
import { request } from "../../support/request.ts"
import { acts } from "./acts.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"
import { harm, hostile, hosts } from "./hostile.ts"
import { tabTo } from "./tabTo.ts"

const roles = ["viewer", "operator", "admin"] as const

/** What buttons that ask for a role say of themselves. */
const readActs = `document.querySelector("main h1") === null || document.querySelector("main [aria-busy=true]") !== null
  ? ["It loads."]
  : [...document.querySelectorAll("button[aria-disabled]")].map((button) =>
    [button.textContent.replace(/\\s+/g, " ").trim(), button.getAttribute("aria-disabled")].join(" | "))`
const texts = Schema.decodeUnknownSync(Schema.Array(Schema.String))
const inPage = (tab: Tab, code: string) => step(`asking the page: ${code}`, () => tab.page.evaluate(code))

const api = (method: "GET" | "POST" | "PUT", path: string, body?: object) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const answer = yield* request(programs["web-ui"].url + path, {
      method,
      headers: { "x-api-key": keys.admin, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = yield* step(`reading ${path}`, () => answer.text())
    assert.isTrue(answer.ok, `${method} ${path}: ${answer.status} ${text.slice(0, 500)}`)
    return JSON.parse(text)
  })

const ingest = (body: string) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const answer = yield* request(`${programs.ingestor.url}/api/v2/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": keys.ingest },
      body
    })
    assert.strictEqual(answer.status, 200)
    return yield* step("reading the answer", () => answer.json())
  })

const inTwoHours = () => new Date(Date.now() + 7_200_000).toISOString()
const aMomentAgo = () => new Date(Date.now() - 600_000).toISOString()

const seeText = ({ page }: Tab, text: string | RegExp) =>
  step(`waiting for ${String(text)}`, () => page.getByText(text).first().waitFor())

/** Nothing here takes as long. */
const until = <A, E, R>(look: Effect.Effect<A, E, R>, condition: (found: A) => boolean) =>
  untilEver(look, condition).pipe(
    Effect.timeoutOrElse({
      duration: "10 seconds",
      orElse: () => Effect.filterOrFail(look, condition, (found) => found)
    })
  )

const goTo = (tab: Tab, path: string) =>
  step(`going to ${path}`, () => tab.page.goto(new URL(`/console/${path}`, tab.page.url()).href))

/** Goes there inside of the page, as a link does: the code is loaded once. */
const follow = (tab: Tab, path: string) =>
  inPage(
    tab,
    `history.pushState(null, "", ${JSON.stringify(`/console/${path}`)}), dispatchEvent(new PopStateEvent("popstate"))`
  )

const quarantined = (count: number) =>
  until(api("GET", "/api/v1/dead-letters"), ({ counts }) => counts.quarantine === count)

/** Goes to the end of a long list and back, by keys. */
const walk = (tab: Tab, name: string) =>
  Effect.gen(function*() {
    const grid = yield* tab.see("grid", name)
    const rows = grid.locator(".grid-row")
    const place = (at: "first" | "last") =>
      step(`reading the ${at} row's place`, () => rows[at]().getAttribute("aria-rowindex").then(Number))
    yield* step("going to the list", () => grid.focus())
    yield* tab.keyboard.press("End")
    const end = yield* until(place("last"), (found) => found > 40)
    assert.isAtMost(yield* step("counting rows", () => rows.count()), 80)
    yield* tab.keyboard.press("Home")
    yield* until(place("first"), (found) => found === 2)
    yield* until(place("last"), (found) => found < end)
    assert.isAtMost(yield* step("counting rows", () => rows.count()), 80)
  })

/** More than a rule file may have. */
const manyRules = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO alert_rules (match_string, priority, prod_handling, dev_handling, team_assignment)
    SELECT 'PSU-' || n, 1000 + n, 'Ticket_only', 'Ignore', 'DC' FROM generate_series(1, 20000) n`
})

/** The list is there, and what is open beside it. */
const isLoaded =
  `document.querySelector("main h1") !== null && document.querySelector("main [aria-busy=true]") === null &&
  !document.querySelector("main").textContent.includes("Looking…") &&
  (!location.search.includes("open=") || document.querySelector(".detail") !== null)`

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })("the console", (it) => {
    it.effect("shows to each role what it may not do, with the role that may, and lets it do the rest", () =>
      Effect.gen(function*() {
        const { moog } = yield* ConsoleStack
        yield* moog.behave({ status: 503, retryAfter: 3_600, failNext: 1 })
        yield* ingest(JSON.stringify([{ hostname: "parked", message: "CRITICAL: fan 1", severity: 2 }]))
        yield* ingest(`{"hostname":"sw1","message":"fan","severity": err}`)
        yield* api("PUT", "/api/v1/config/moog_rate_limit", { value: 60, reason: "a peak" })
        yield* api("POST", "/api/v1/silences", { match: { hosts: ["lab-9"] }, comment: "Work", ends_at: inTwoHours() })
        yield* quarantined(1)
        yield* until(api("GET", "/api/v1/alerts?state=parked"), ({ alerts }) => alerts.length === 1)
        const wrong: Array<object> = []
        for (const role of roles) {
          const tab = yield* openConsole({ role, path: "overview" })
          for (const [path, named] of Object.entries(acts)) {
            yield* follow(tab, path)
            const expected = Object.entries(named).map(([name, needed]) =>
              permits(role, needed) ? `${name} | false` : `${name}(needs ${needed}) | true`
            ).toSorted()
            const read = Effect.map(inPage(tab, readActs), (found) => texts(found).toSorted())
            const found = yield* until(read, (found) => found.join() === expected.join()).pipe(
              Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => read })
            )
            if (found.join() !== expected.join()) {
              wrong.push({ path, role, found: found.join(), expected: expected.join() })
            }
          }
        }
        assert.deepStrictEqual(wrong, [])
      }))

    it.effect("shows what devices send as text: nothing runs, nothing overflows, nothing is hidden", () =>
      Effect.gen(function*() {
        const before = (yield* api("GET", "/api/v1/dead-letters")).counts.quarantine
        yield* ingest(JSON.stringify(hostile.map((message, at) => ({ hostname: hosts[at % hosts.length], message }))))
        yield* ingest(
          hostile.map((message) => `{"hostname":"sw1","message":${JSON.stringify(message)}: err}`).join("\n")
        )
        yield* quarantined(before + hostile.length)
        const list = `/api/v1/events?text=CRITICAL%3A%20hostile&limit=200&from=${aMomentAgo()}`
        const { events } = yield* until(api("GET", list), ({ events }) => events.length === hostile.length)
        yield* until(api("GET", `/api/v1/alerts?host=${hosts[0]}`), ({ alerts }) => alerts.length > 0)
        const letters = yield* api("GET", "/api/v1/dead-letters/quarantine?limit=50")
        const traces = events.flatMap(({ ref }: { readonly ref: string }) =>
          ["why", "raw"].map((tab) => `events?from=-1h&tab=${tab}&open=${encodeURIComponent(ref)}`)
        )
        const dead = letters.dead_letters.map(({ id }: { readonly id: string }) =>
          `dead-letters?queue=quarantine&open=${encodeURIComponent(id)}`
        )
        const tab = yield* openConsole({ role: "operator", path: "overview" })
        const wrong: Array<string> = []
        for (const path of ["events?from=-1h", "events?from=-1h&text=hostile", "alerts", "hosts", ...traces, ...dead]) {
          yield* goTo(tab, path)
          const loaded = yield* Effect.exit(until(inPage(tab, isLoaded), (loaded) => loaded === true))
          if (Exit.isFailure(loaded)) wrong.push(`${path} never loads`)
          for (const width of [1_440, 320]) {
            yield* tab.wear({ ...tab.look(), width })
            const found = [...yield* overflows(tab), ...texts(yield* inPage(tab, harm))]
            wrong.push(...found.map((what) => `${path}, ${width} px: ${what}`))
          }
        }
        assert.deepStrictEqual(wrong, [])
      }))

    it.effect("says that the browser's clock is wrong, and tells ages and times by the server's", () =>
      Effect.gen(function*() {
        for (const off of [3_600_000, -3_600_000]) {
          const sent = `clock off by ${off}`
          yield* ingest(JSON.stringify([{ hostname: "clock-1", message: sent }]))
          yield* until(api("GET", "/api/v1/events?host=clock-1"), ({ events }) => events[0]?.message === sent)
          const at = new Date(Date.now() + off)
          const tab = yield* openConsole({ role: "operator", path: "events?from=-15m&host=clock-1", at })
          yield* seeText(tab, /this computer's clock differs from the server's/)
          yield* tab.see("row", new RegExp(sent))
          yield* tab.pointer.click(yield* tab.see("link", "Dead letters"))
          yield* goTo(tab, "dead-letters?queue=quarantine")
          const newest = tab.page.locator(".letter-groups td time").last()
          assert.match(yield* step("reading an age", () => newest.innerText()), /^(just now|\d+ s ago|\d min ago)$/)
        }
      }))

    it.effect("has its settings and rules in the palette, by name", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "viewer", path: "overview" })
        for (
          const [typed, found, path] of [
            ["moog rate_l", "Setting moog_rate_limit", "/console/settings?open=moog_rate_limit"],
            ["rule-12", "Rule rule-12", "/console/rules?open=12"]
          ] as const
        ) {
          yield* found.startsWith("Rule")
            ? tab.keyboard.press("Control+k")
            : tab.pointer.click(yield* tab.see("button", /^Commands/))
          yield* tab.see("combobox", "Page or action")
          yield* tab.keyboard.write(typed)
          yield* tab.see("option", found)
          yield* tab.keyboard.press("Enter")
          yield* until(
            Effect.sync(() => new URL(tab.page.url())),
            ({ pathname, search }) => pathname + search.replaceAll("%22", "") === path
          )
          yield* tab.see("heading", found.split(" ")[1] ?? "")
        }
      }))

    it.effect("starts a rotation and turns it back by keyboard alone", () =>
      Effect.gen(function*() {
        const tab = yield* openConsole({ role: "admin", path: "rotation" })
        yield* tabTo(tab, yield* tab.see("link", /^DB_PASS/))
        yield* tab.keyboard.press("Enter")
        yield* tabTo(tab, yield* tab.see("button", "Rotate…"))
        yield* tab.keyboard.press("Enter")
        yield* tabTo(tab, yield* tab.see("button", "Start"))
        yield* tab.keyboard.press("Enter")
        yield* seeText(tab, "Apply comes next.")
        yield* tabTo(tab, yield* tab.see("button", "Turn back…"))
        yield* tab.keyboard.press("Enter")
        yield* tabTo(tab, yield* tab.see("button", /^Turn back$/))
        yield* tab.keyboard.press("Enter")
        yield* seeText(tab, "The last rotation was turned back.")
        assert.strictEqual(tab.pointer.clicks(), 0)
      }))

    it.effect("leads from a setting to its record, and checks the chain, by keyboard alone", () =>
      Effect.gen(function*() {
        yield* api("PUT", "/api/v1/config/moog_rate_limit", { value: 70, reason: "a peak" })
        const tab = yield* openConsole({ role: "viewer", path: "settings?text=moog_rate_limit" })
        yield* tabTo(tab, yield* tab.see("link", /^Record of moog_rate_limit/))
        const already = tab.keyboard.keys()
        yield* tab.keyboard.press("Enter")
        yield* tab.see("row", /changed setting moog_rate_limit/)
        yield* tab.keyboard.press("v")
        yield* seeText(tab, /this browser hashed \d+ links/)
        assert.deepStrictEqual([tab.keyboard.keys() - already, tab.pointer.clicks()], [2, 0])
      }))

    it.effect("lists 10,000 dead letters, and has them read again and discarded in three clicks", () =>
      Effect.gen(function*() {
        const before = (yield* api("GET", "/api/v1/dead-letters")).counts.quarantine
        const lines = Array.from({ length: 10_000 }, (_, at) => `{"hostname":"sw${at % 7}","message":"fan ${at}": err}`)
        yield* ingest(lines.join("\n"))
        yield* quarantined(before + lines.length)
        const all = before + lines.length
        const tab = yield* openConsole({ role: "operator", path: "overview" })
        yield* tab.pointer.click(yield* tab.see("link", /records could not be read/))
        yield* tab.pointer.click(yield* tab.see("button", `Read all ${all.toLocaleString("en")} again`))
        yield* tab.pointer.click(yield* tab.see("button", `Read again ${all.toLocaleString("en")}`))
        yield* seeText(tab, /still can't be read and stay\./)
        assert.strictEqual(tab.pointer.clicks(), 3)
        yield* walk(tab, "Records that could not be read")
        yield* step("typing a text", () => tab.page.getByLabel("Text", { exact: true }).fill("fan 777"))
        yield* tab.keyboard.press("Enter")
        yield* tab.see("button", "Read these 11 again")
        yield* goTo(tab, "dead-letters?queue=quarantine")
        const clicks = tab.pointer.clicks()
        yield* tab.pointer.click(yield* tab.see("button", "Discard all"))
        yield* tab.pointer.click(yield* tab.see("button", `Discard ${all.toLocaleString("en")}`))
        yield* seeText(tab, "Nothing died.")
        assert.isAtMost(tab.pointer.clicks() - clicks, 2)
      }))

    it.effect("lists 20,000 rules, of which few are in the page, and narrows them", () =>
      Effect.gen(function*() {
        const { postgres } = yield* ConsoleStack
        yield* migrated(postgres, manyRules)
        const tab = yield* openConsole({ role: "operator", path: "rules" })
        yield* seeText(tab, /^20,015 rules/)
        yield* walk(tab, "Rules in deciding order")
        yield* step("typing a name", () => tab.page.getByLabel("Name, match or team").fill("PSU-19999"))
        yield* tab.see("row", /PSU-19999/)
        const rows = tab.page.locator(".grid-row")
        yield* until(step("counting rows", () => rows.count()), (count) => count === 1)
      }))
  })
})
