import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
import { axe, overflows } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { needs } from "../../support/needs.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"
import { tabTo } from "./tabTo.ts"

/** Steps by hand, and where each leads. */
const steps = [
  ["Apply", "Verify comes next."],
  ["Verify", "Promote comes next."],
  ["Promote", "Drain comes next."],
  ["Drain", "Retire comes next."]
] as const

const button = ({ page }: Tab, name: string) => page.getByRole("button", { name, exact: true })
const seeText = ({ page }: Tab, text: string | RegExp) =>
  step(`waiting for ${String(text)}`, () => page.getByText(text).first().waitFor())
const openRotation = (secret: string) => openConsole({ role: "admin", path: `rotation?secret=${secret}` })

/** Opens what asks first, and what stands in it. */
const ask = (tab: Tab, name: string) => Effect.andThen(tab.pointer.click(button(tab, name)), tab.see("dialog", /./))
const inDialog = (tab: Tab, name: string) => tab.page.getByRole("dialog").getByRole("button", { name, exact: true })

/** Holds a process still, as a machine that hangs does. */
const frozen = (pid: number) =>
  Effect.acquireRelease(
    Effect.sync(() => process.kill(pid, "SIGSTOP")),
    () => Effect.sync(() => process.kill(pid, "SIGCONT"))
  )

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })(
    "rotation in the console",
    (it) => {
      it.effect("goes step by step by pointer, and turns back in two clicks when only the end is left", () =>
        Effect.gen(function*() {
          const tab = yield* openRotation("DB_PASS")
          yield* ask(tab, "Rotate…")
          yield* tab.pointer.click(inDialog(tab, "Start"))
          yield* seeText(tab, "Apply comes next.")
          for (const [name, next] of steps) {
            yield* tab.pointer.click(button(tab, name))
            yield* seeText(tab, next)
          }
          assert.isAtMost(tab.pointer.clicks(), 2 + steps.length)
          assert.deepStrictEqual([...(yield* axe(tab)), ...(yield* overflows(tab))], [])
          const before = tab.pointer.clicks()
          yield* ask(tab, "Turn back…")
          yield* tab.pointer.click(inDialog(tab, "Turn back"))
          assert.strictEqual(tab.pointer.clicks() - before, 2)
          yield* seeText(tab, "The last rotation was turned back.")
        }))

      it.effect("goes by keyboard alone to the end of the old value, whose name is typed", () =>
        Effect.gen(function*() {
          const tab = yield* openRotation("REDIS_PASS")
          const press = (name: string) => Effect.andThen(tabTo(tab, button(tab, name)), tab.keyboard.press("Enter"))
          yield* tab.see("button", "Rotate…")
          yield* press("Rotate…")
          yield* tab.see("dialog", /^Rotate REDIS_PASS/)
          yield* tabTo(tab, inDialog(tab, "Start"))
          yield* tab.keyboard.press("Enter")
          yield* seeText(tab, "Apply comes next.")
          for (const [name, next] of steps) {
            yield* press(name)
            yield* seeText(tab, next)
          }
          yield* press("Retire…")
          yield* tab.see("dialog", "Retire REDIS_PASS")
          assert.deepStrictEqual(yield* axe(tab), [])
          const retire = inDialog(tab, "Retire")
          assert.isTrue(yield* step("looking at Retire", () => retire.isDisabled()))
          yield* tabTo(tab, tab.page.getByLabel(/^There is no way back\. Type/))
          yield* tab.keyboard.write("REDIS_PASS")
          yield* tab.keyboard.press("Enter")
          yield* seeText(tab, "The last rotation is complete.")
        }))

      it.effect("is forced past a process that hangs, with a reason, and then goes to the end by itself", () =>
        Effect.gen(function*() {
          const { programs } = yield* ConsoleStack
          const tab = yield* openRotation("DB_PASS")
          yield* Effect.scoped(Effect.gen(function*() {
            yield* frozen(programs.alerter.pid())
            yield* ask(tab, "Rotate…")
            yield* tab.pointer.click(inDialog(tab, "Start"))
            yield* seeText(tab, /^Apply comes next, and .* in its way\.$/)
            yield* ask(tab, "Force it…")
            const apply = inDialog(tab, "Apply")
            yield* tab.pointer.click(tab.page.getByLabel("Do it in spite of that"))
            assert.isTrue(yield* step("looking at Apply", () => apply.isDisabled()), "a reason is missing")
            yield* step("saying why", () => tab.page.getByLabel("Reason", { exact: true }).fill("the machine hangs"))
            assert.deepStrictEqual(yield* axe(tab), [])
            yield* tab.pointer.click(apply)
            yield* seeText(tab, /^Verify comes next/)
          }))
          yield* seeText(tab, "Verify comes next.")
          yield* ask(tab, "Go on by itself…")
          yield* step("typing its name", () => tab.page.getByLabel(/Type DB_PASS/).fill("DB_PASS"))
          yield* tab.pointer.click(inDialog(tab, "Go on"))
          yield* seeText(tab, "The last rotation is complete.")
          yield* seeText(tab, "the machine hangs")
        }))
    }
  )
})
