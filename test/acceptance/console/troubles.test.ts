import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { randomBytes } from "node:crypto"
import { Browser, step } from "../../support/browser/Browser.ts"
import { inspect } from "../../support/browser/inspect.ts"
import type { Tab } from "../../support/browser/Tab.ts"
import { until } from "../../support/eventually.ts"
import { needs } from "../../support/needs.ts"
import { request } from "../../support/request.ts"
import { ConsoleStack, openConsole } from "./ConsoleStack.ts"

/** What Chromium says of requests that nobody answers. */
const allowed = [/Failed to load resource: net::ERR_/]

/** A request of a script with the key of an admin. */
const asAdmin = (method: "GET" | "PUT", path: string, body?: object) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const answer = yield* request(programs["web-ui"].url + path, {
      method,
      headers: { "x-api-key": keys.admin, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return yield* Effect.promise(() => answer.text())
  })

const setting = "/api/v1/config/session_not_before"

/** Ends every login that there is. */
const endLogins = Effect.suspend(() =>
  asAdmin("PUT", `${setting}?wait=all`, { value: new Date().toISOString(), reason: "a test" })
)

const logInAgain = (tab: Tab, key: string) =>
  Effect.gen(function*() {
    yield* tab.see("heading", "Log in again")
    yield* tab.keyboard.paste(key)
    yield* tab.keyboard.press("Enter")
  })

const gone = (tab: Tab, text: RegExp) =>
  step(`waiting until ${text} is gone`, () => tab.page.getByText(text).first().waitFor({ state: "detached" }))

needs(["chromium"], () => {
  layer(Layer.merge(ConsoleStack.layer, Browser.layer), { excludeTestServices: true })(
    "in trouble the console",
    (it) => {
      it.effect("keeps what was typed when the login ends, and sends it once after the next", () =>
        Effect.gen(function*() {
          const { keys } = yield* ConsoleStack
          const tab = yield* openConsole({ role: "admin", path: "keys", allowed })
          yield* tab.see("grid", "Keys")
          assert.deepStrictEqual(yield* inspect(tab, "keys"), [])
          yield* tab.pointer.click(yield* tab.see("button", "End all logins now"))
          yield* tab.see("heading", "End all logins now")
          yield* tab.pointer.click(yield* tab.see("combobox", /^Reason/))
          yield* tab.keyboard.write("a laptop was lost")
          const context = yield* Effect.context<ConsoleStack>()
          let puts = 0
          // The login ends while the change is on its way.
          yield* step("holding the change", () =>
            tab.page.route(`**${setting}*`, async (route) => {
              if (route.request().method() === "PUT" && ++puts === 1) {
                await Effect.runPromiseWith(context)(endLogins)
              }
              await route.continue()
            }))
          yield* tab.keyboard.press("Enter")
          yield* tab.see("heading", "Log in again")
          const typed = yield* step("reading the form", () => tab.page.getByLabel(/^Reason/).inputValue())
          assert.strictEqual(typed, "a laptop was lost")
          yield* logInAgain(tab, keys.admin)
          // It ended all logins, this one too.
          yield* step("waiting for the notice", () => tab.page.getByText("All logins have ended.").waitFor())
          yield* logInAgain(tab, keys.admin)
          const { history } = JSON.parse(yield* asAdmin("GET", "/api/v1/config/history?key=session_not_before"))
          assert.deepStrictEqual(
            history.map(({ changed_by, reason }: Readonly<Record<string, unknown>>) => [changed_by, reason]),
            [["admin/anna", "a laptop was lost"], ["admin", "a test"]]
          )
        }))

      it.effect("lets a key go under an open login: the login comes over the page, and nothing typed is lost", () =>
        Effect.gen(function*() {
          const { secrets, setSecrets } = yield* ConsoleStack
          const tab = yield* openConsole({ role: "operator", path: "silences?new=sw-rotated", allowed })
          yield* tab.see("heading", "New silence")
          yield* step("typing a reason", () => tab.page.getByLabel("Reason").fill("the card is exchanged"))
          yield* step(
            "waiting for the preview",
            () => tab.page.getByText(/in the last 24 hours/i).first().waitFor()
          )
          const fresh = randomBytes(18).toString("base64url")
          yield* setSecrets({ ...secrets, OPERATOR_API_KEY: fresh })
          yield* Effect.addFinalizer(() => setSecrets(secrets))
          yield* logInAgain(tab, fresh)
          yield* step(
            "waiting until the login is gone",
            () => tab.page.getByRole("heading", { name: "Log in again" }).waitFor({ state: "detached" })
          )
          assert.strictEqual(
            yield* step("reading the reason", () => tab.page.getByLabel("Reason").inputValue()),
            "the card is exchanged"
          )
          yield* tab.pointer.click(yield* tab.see("button", /^Silence$/))
          yield* tab.see("heading", /^Silence \d+$/)
          yield* step("reading who made it", () => tab.page.getByText(/^by operator\/anna at/).first().waitFor())
        }))

      it.effect("warns before a login ends that nobody uses, and any key keeps it", () =>
        Effect.gen(function*() {
          const tab = yield* openConsole({ role: "viewer", path: "keys" })
          yield* tab.see("grid", "Keys")
          let isIdle = true
          yield* step("letting most of an hour pass", () =>
            tab.page.route("**/api/v1/session", async (route) => {
              const answer = await route.fetch()
              const session: object = await answer.json()
              const idle_until = new Date(Date.now() + 90_000).toISOString()
              await route.fulfill({ response: answer, json: isIdle ? { ...session, idle_until } : session })
            }))
          // Another tab tells this one to look.
          yield* step(
            "telling the tab",
            () => tab.page.evaluate("new BroadcastChannel('mutt-session').postMessage('in')")
          )
          yield* step("waiting for the warning", () => tab.page.getByText(/Any key keeps it/).waitFor())
          isIdle = false
          yield* tab.keyboard.press("Shift")
          yield* gone(tab, /Any key keeps it/)
        }))

      it.effect("says that the connection is lost when its web-ui restarts, and goes on by itself", () =>
        Effect.gen(function*() {
          const { programs, secrets, setSecrets } = yield* ConsoleStack
          yield* setSecrets({ ...secrets, SESSION_KEY: randomBytes(24).toString("hex") })
          yield* until(asAdmin("GET", "/admin/config"), (text) => text.includes("SESSION_KEY"))
          const tab = yield* openConsole({ role: "viewer", path: "keys", allowed })
          yield* tab.see("grid", "Keys")
          yield* programs["web-ui"].stop
          yield* step("waiting for the word", () => tab.page.getByText(/connection lost/).waitFor())
          yield* tab.see("grid", "Keys")
          yield* programs["web-ui"].start
          yield* gone(tab, /connection lost/)
          yield* step(
            "waiting for what is new",
            () => tab.page.getByText(/trying again/).first().waitFor({ state: "detached" })
          )
          yield* tab.see("grid", "Keys")
        }))

      it.effect("lets people in while PostgreSQL and Redis are away, and says of each panel what it lacks", () =>
        Effect.gen(function*() {
          const { postgres, redis } = yield* ConsoleStack
          yield* postgres.stop
          const events = yield* openConsole({ role: "viewer", path: "events", allowed })
          yield* step(
            "waiting for the word of PostgreSQL",
            () => events.page.getByText(/events cannot be reached now/).first().waitFor()
          )
          yield* redis.stop
          const overview = yield* openConsole({ role: "viewer", path: "overview", allowed })
          yield* step(
            "waiting for the word of Redis",
            () => overview.page.getByText(/cannot be reached now/).first().waitFor()
          )
          yield* postgres.start
          yield* redis.start
          yield* step(
            "waiting for what was away",
            () => overview.page.getByText(/cannot be reached now/).first().waitFor({ state: "detached" })
          )
        }))
    }
  )
})
