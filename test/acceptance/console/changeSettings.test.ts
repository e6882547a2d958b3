import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { readFile } from "node:fs/promises"
import { startVerification, verifyNext } from "../../../src/logic/auditChain.ts"
import { Browser, step } from "../../support/browser/Browser.ts"
import { axe, inspect, overflows } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { needs } from "../../support/needs.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"
import { tabTo } from "./tabTo.ts"

const everybody = /^All 4 processes run version \d+\.$/
const button = ({ page }: Tab, name: string | RegExp) =>
  page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name }).first()
const field = ({ page }: Tab, name: string) => page.getByLabel(name, { exact: true })
const valueOf = (tab: Tab, name: string) => step(`reading ${name}`, () => field(tab, name).inputValue())
/** What is typed counts for nothing; what it takes to get there does. */
const type = (tab: Tab, name: string, text: string) => step(`typing ${text}`, () => field(tab, name).fill(text))
const seeText = ({ page }: Tab, text: string | RegExp) =>
  step(`waiting for ${String(text)}`, () => page.getByText(text).first().waitFor())
const seeVersion = (tab: Tab, version: number) => seeText(tab, `All 4 processes run version ${version}.`)

const versionNow = Effect.gen(function*() {
  const { keys, programs } = yield* ConsoleStack
  const settings = yield* step("reading the version", async () => {
    const answer = await fetch(`${programs["web-ui"].url}/api/v1/config`, { headers: { "x-api-key": keys.viewer } })
    return Schema.decodeUnknownSync(Schema.Struct({ version: Schema.Int }))(await answer.json())
  })
  return settings.version
})

/** Somebody else changes a setting, without the console. */
const changeElsewhere = (key: string, value: number) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const answer = yield* step(`changing ${key} elsewhere`, () =>
      fetch(`${programs["web-ui"].url}/api/v1/config/${key}`, {
        method: "PUT",
        headers: { "content-type": "application/json", "x-api-key": keys.admin },
        body: JSON.stringify({ value, reason: "elsewhere" })
      }))
    assert.strictEqual(answer.status, 200)
  })

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })(
    "admins in the console",
    (it) => {
      it.effect("change a setting in four clicks, see every process follow, and take it back with one", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "admin", path: "settings" })
          yield* seeText(tab, everybody)
          const before = yield* versionNow
          yield* tab.pointer.click(field(tab, "moog_rate_limit"))
          yield* type(tab, "moog_rate_limit", "60")
          yield* tab.pointer.click(button(tab, /^Review 1/))
          yield* seeText(tab, /^Must follow.*moog-forwarder/)
          assert.deepStrictEqual(yield* axe(tab), [])
          yield* tab.pointer.click(button(tab, "Save"))
          yield* seeVersion(tab, before + 1)
          assert.isAtMost(tab.pointer.clicks(), 4)
          yield* tab.pointer.click(button(tab, "Undo"))
          yield* seeText(tab, /^Taken back/)
          yield* seeVersion(tab, before + 2)
          assert.strictEqual(yield* valueOf(tab, "moog_rate_limit"), "50")
        }))

      it.effect("do the same by keyboard, and take a change back with two clicks from the history later", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "admin", path: "settings?text=moog_rate_limit" })
          const before = yield* versionNow
          yield* tabTo(tab, field(tab, "moog_rate_limit"))
          yield* tab.keyboard.press("Control+a")
          yield* tab.keyboard.write("70")
          yield* tab.keyboard.press("Control+s")
          yield* tab.see("dialog", "Change one setting")
          yield* tab.keyboard.write("a peak")
          yield* tab.keyboard.press("Enter")
          yield* seeVersion(tab, before + 1)

          const later = yield* openConsole({ role: "admin", path: "settings?view=history" })
          yield* later.pointer.click(button(later, "Take back…"))
          yield* seeText(later, "70 alerts")
          yield* later.pointer.click(button(later, "Take back"))
          yield* seeVersion(later, before + 2)
          assert.isAtMost(later.pointer.clicks(), 2)
        }))

      it.effect("see whose change would be overwritten, and decide", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "admin", path: "settings" })
          yield* seeText(tab, everybody)
          const before = yield* versionNow
          yield* type(tab, "moog_rate_limit", "80")
          yield* changeElsewhere("moog_rate_limit", 90)
          yield* seeText(tab, /admin changed moog_rate_limit/)
          assert.deepStrictEqual(yield* axe(tab), [])
          yield* tab.pointer.click(button(tab, "Keep mine"))
          yield* tab.pointer.click(button(tab, /^Review 1/))
          yield* tab.pointer.click(button(tab, "Save"))
          yield* seeVersion(tab, before + 2)
          assert.strictEqual(yield* valueOf(tab, "moog_rate_limit"), "80")
        }))

      it.effect("find what they typed again after a reload", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "admin", path: "settings" })
          yield* type(tab, "unhandled_threshold", "20000")
          yield* step("loading it again", () => tab.page.reload())
          yield* seeText(tab, /more than tenfold/)
          yield* tab.pointer.click(button(tab, /^Review 1/))
          assert.isTrue(yield* step("looking at Save", () => button(tab, "Save").isDisabled()))
          yield* tab.pointer.click(tab.page.getByRole("checkbox"))
          assert.isFalse(yield* step("looking at Save", () => button(tab, "Save").isDisabled()))
        }))

      it.effect("start a rotation in three clicks and turn it back in two", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "admin", path: "rotation" })
          yield* tab.pointer.click(tab.page.getByRole("link", { name: "DB_PASS" }))
          yield* tab.pointer.click(button(tab, "Rotate…"))
          assert.deepStrictEqual(yield* axe(tab), [])
          yield* tab.pointer.click(button(tab, "Start"))
          yield* seeText(tab, "Apply comes next.")
          assert.isAtMost(tab.pointer.clicks(), 3)
          assert.deepStrictEqual(yield* inspect(tab, "rotation"), [])
          yield* tab.pointer.click(button(tab, "Turn back…"))
          yield* tab.pointer.click(button(tab, "Turn back"))
          yield* seeText(tab, "The last rotation was turned back.")
          assert.isAtMost(tab.pointer.clicks(), 5)
        }))

      it.effect("come from a setting to its record in one click, and check the chain in one more", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "viewer", path: "settings" })
          yield* tab.pointer.click(tab.page.getByRole("link", { name: /^Record of moog_rate_limit/ }))
          yield* tab.see("row", /changed setting moog_rate_limit/)
          assert.strictEqual(tab.pointer.clicks(), 1)
          yield* tab.pointer.click(button(tab, /^Check here/))
          yield* seeText(tab, /this browser hashed \d+ links/)
          assert.strictEqual(tab.pointer.clicks(), 2)
          assert.deepStrictEqual(yield* inspect(tab, "audit"), [])
        }))

      it.effect("export the chain in two clicks, as a file that can be checked anywhere", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "viewer", path: "audit" })
          yield* tab.pointer.click(button(tab, "Export the chain…"))
          const saved = tab.page.waitForEvent("download")
          yield* tab.pointer.click(tab.page.getByRole("dialog").getByRole("button", { name: "Export", exact: true }))
          assert.isAtMost(tab.pointer.clicks(), 2)
          const text = yield* step("reading the file", async () => readFile(await (await saved).path(), "utf8"))
          const links = text.trimEnd().split("\n").map((line) => JSON.parse(line))
          const { checked, fault } = links.reduce(
            (state, link) => verifyNext(state, link, new Map()),
            startVerification
          )
          assert.deepStrictEqual([checked > 0, fault], [true, undefined])
        }))

      it.effect("learn from their own browser that a link was changed, or differs from what they noted", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "viewer", path: "audit" })
          yield* tab.see("row", /moog_rate_limit/)
          yield* step("noting another hash", () => tab.page.getByText(/^Against checkpoints/).click())
          const noted = JSON.stringify({ seq: 2, entryHash: "0".repeat(64), at: "2026-03-01T00:00:00Z" })
          yield* step("pasting it", () => tab.page.getByLabel(/^Checkpoints/).fill(noted))
          yield* step("leaving the field", () => tab.page.getByRole("heading", { name: "Audit" }).click())
          yield* tab.keyboard.press("v")
          yield* seeText(tab, /broken at link 2. Link 2 differs from the checkpoint/)

          yield* step("taking it away", () => tab.page.getByLabel(/^Checkpoints/).fill(""))
          yield* step("changing a link on its way", () =>
            tab.page.route("**/audit/chain*", async (route) => {
              const answer = await route.fetch()
              await route.fulfill({ response: answer, body: (await answer.text()).replace("a peak", "no reason") })
            }))
          yield* tab.pointer.click(button(tab, /^Check here/))
          yield* seeText(tab, /was changed after it was written/)
        }))

      it.effect("see the settings in every look without a barrier, and nothing out of place", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "admin", path: "settings?open=moog_rate_limit" })
          yield* seeText(tab, "Its history")
          assert.deepStrictEqual([...(yield* axe(tab)), ...(yield* overflows(tab))], [])
          yield* step("closing the details", () => button(tab, "Close the details").click())
          assert.deepStrictEqual(yield* inspect(tab, "settings"), [])
          yield* step("going to the history", () => button(tab, "History").click())
          yield* step("comparing", () => button(tab, "Compare with before").click())
          yield* tab.see("heading", /^Version \d+ beside \d+/)
          assert.deepStrictEqual(yield* inspect(tab, "settings-history"), [])
        }))
    }
  )
})
