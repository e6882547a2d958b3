import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { Browser, step } from "../../support/browser/Browser.ts"
import { axe } from "../../support/browser/inspect.ts"
import { openTab, type Tab } from "../../support/browser/Tab.ts"
import { type FourPrograms, fourPrograms } from "../../support/fourPrograms.ts"
import { needs } from "../../support/needs.ts"
import { type OpenIdProvider, openIdProvider } from "../../support/openIdProvider.ts"
import { logIn } from "./logIn.ts"

const people = {
  anna: { groups: ["netops"], email: "anna@example.com", email_verified: true },
  otto: { groups: ["noc"], email: "otto@example.com", email_verified: false },
  eve: { groups: ["sales"] }
}

/** All of MUTT, which lets people in by a real provider too. */
class Logins extends Context.Service<Logins, { readonly stack: FourPrograms; readonly provider: OpenIdProvider }>()(
  "test/acceptance/console/Logins"
) {
  static readonly layer = Layer.effect(
    Logins,
    Effect.gen(function*() {
      const provider = yield* openIdProvider(people, { nora: { groups: ["noc"] } })
      const stack = yield* fourPrograms({
        settings: {
          OIDC_ISSUER: provider.issuer,
          OIDC_CLIENT_ID: provider.clientId,
          OIDC_ROLES: "admin=netops,operator=noc"
        }
      })
      yield* provider.serve(`${stack.programs["web-ui"].url}/api/v1/session/oidc/callback`)
      return { stack, provider }
    })
  )
}

const open = (path: string) =>
  Effect.flatMap(Logins, ({ provider, stack }) =>
    openTab({
      url: `${stack.programs["web-ui"].url}/console/${path}`,
      allowed: [new RegExp(`asks elsewhere: ${provider.issuer}/`)]
    }))

const seeText = ({ page }: Tab, text: string | RegExp) =>
  step(`waiting for ${String(text)}`, () => page.getByText(text).first().waitFor())

/** Goes to the provider by the login of the console, and says there who it is. */
const throughProvider = (tab: Tab, account: string) =>
  Effect.gen(function*() {
    yield* tab.pointer.click(yield* tab.see("link", "Log in with your organisation"))
    yield* tab.see("heading", "The provider")
    yield* tab.keyboard.write(account)
    yield* tab.keyboard.press("Enter")
  })

const sessionOf = (tab: Tab) =>
  step(
    "asking who it is",
    () => tab.page.evaluate("fetch('/api/v1/session').then((answer) => answer.json()).then(JSON.stringify)")
  ).pipe(
    Effect.map((text) => JSON.parse(String(text)))
  )

/** The page learns of its login anew, as after another tab. */
const learn = (tab: Tab) =>
  step("telling the tab", () => tab.page.evaluate("new BroadcastChannel('mutt-session').postMessage('in')"))

needs(["chromium"], () => {
  layer(Layer.merge(Logins.layer, Browser.layer), { excludeTestServices: true })("logins of the console", (it) => {
    it.effect("begin at a real provider, lead back to the page that was asked for, with the role of a claim", () =>
      Effect.gen(function*() {
        const tab = yield* open("silences?state=now")
        yield* throughProvider(tab, "anna")
        yield* tab.see("heading", "Silences")
        assert.match(tab.page.url(), /\/console\/silences\?state=now$/)
        yield* seeText(tab, "anna@example.com · admin")
        const other = yield* open("overview")
        yield* throughProvider(other, "otto")
        yield* seeText(other, "otto · operator")
        // Of her the ID token tells no groups, and userinfo does.
        const third = yield* open("overview")
        yield* throughProvider(third, "nora")
        yield* seeText(third, "nora · operator")
      }))

    it.effect("are none without a role, and say why", () =>
      Effect.gen(function*() {
        const tab = yield* open("overview")
        yield* throughProvider(tab, "eve")
        yield* tab.see("alert", /.*/)
        yield* tab.see("button", "Log in")
        assert.deepStrictEqual(yield* axe(tab), [])
        assert.strictEqual((yield* sessionOf(tab))._tag, "KeyRefused")
      }))

    it.effect("are proved anew at the provider for a change that wants it, and the change goes on by itself", () =>
      Effect.gen(function*() {
        const { provider } = yield* Logins
        yield* provider.remembersSince(20)
        const tab = yield* open("settings?text=moog_rate_limit")
        yield* throughProvider(tab, "anna")
        yield* tab.see("heading", "Settings")
        yield* provider.remembersSince(0)
        yield* step("typing a value", () => tab.page.getByLabel("moog_rate_limit", { exact: true }).fill("60"))
        yield* tab.pointer.click(yield* tab.see("button", /^Review 1/))
        yield* tab.pointer.click(yield* tab.see("button", "Save"))
        yield* tab.see("heading", "Log in once more")
        assert.deepStrictEqual(yield* axe(tab), [])
        const opened = tab.page.waitForEvent("popup")
        yield* tab.pointer.click(yield* tab.see("link", "Log in with your organisation"))
        const popup = yield* step("waiting for the provider", () => opened)
        yield* step("saying again who it is", async () => {
          await popup.getByLabel("Account").fill("anna")
          await popup.getByRole("button", { name: "Go on" }).click()
        })
        yield* seeText(tab, /^All 4 processes run version 1\.$/)
      }))

    it.effect("of a screen on a wall are for viewers, and last thirty days, used or not", () =>
      Effect.gen(function*() {
        const { keys } = (yield* Logins).stack
        const tab = yield* open("overview?wall=1")
        const enter = (key: string) =>
          step("logging in for a wall", async () => {
            await tab.page.getByLabel("Key", { exact: true }).fill(key)
            await tab.page.getByLabel(/^A screen on a wall/).check()
            await tab.page.getByRole("button", { name: "Log in" }).click()
          })
        yield* enter(keys.operator)
        yield* seeText(tab, /Only a viewer's key/)
        yield* enter(keys.viewer)
        yield* seeText(tab, "Leave the wall")
        const { ends_at, idle_until, server_time } = yield* sessionOf(tab)
        const days = (Date.parse(ends_at) - Date.parse(server_time)) / 86_400_000
        assert.deepStrictEqual([Math.round(days), idle_until], [30, null])
      }))

    it.effect("say two minutes before their last end that it comes, and begin anew over the page", () =>
      Effect.gen(function*() {
        const { keys } = (yield* Logins).stack
        const tab = yield* open("silences?new=sw-1")
        yield* logIn(tab, { key: keys.operator, person: "anna" })
        yield* tab.see("heading", "New silence")
        yield* step("typing a reason", () => tab.page.getByLabel("Reason").fill("the card is exchanged"))
        let isNearly = true
        yield* step("letting most of twelve hours pass", () =>
          tab.page.route("**/api/v1/session", async (route) => {
            if (route.request().method() !== "GET") return route.continue()
            const answer = await route.fetch()
            const session: object = await answer.json()
            const ends_at = new Date(Date.now() + 90_000).toISOString()
            await route.fulfill({
              response: answer,
              json: isNearly ? { ...session, ends_at, idle_until: ends_at } : session
            })
          }))
        yield* learn(tab)
        yield* seeText(tab, /as it has lasted as long as one may. What you typed stays/)
        assert.deepStrictEqual(yield* axe(tab), [])
        yield* tab.pointer.click(yield* tab.see("button", "Log in again now"))
        isNearly = false
        yield* tab.see("heading", "Log in again")
        yield* tab.keyboard.paste(keys.operator)
        yield* tab.keyboard.press("Enter")
        yield* step(
          "waiting for the page",
          () => tab.page.getByText(/as it has lasted/).first().waitFor({ state: "detached" })
        )
        const typed = yield* step("reading the form", () => tab.page.getByLabel("Reason").inputValue())
        assert.strictEqual(typed, "the card is exchanged")
      }))
  })
})
