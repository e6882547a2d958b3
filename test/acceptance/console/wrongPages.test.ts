import { assert, layer } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Layer, Schema } from "effect"
import { createServer } from "node:http"
import { Browser } from "../../support/browser/Browser.ts"
import { axe, overflows } from "../../support/browser/inspect.ts"
import { Complaints, openTab, type Tab } from "../../support/browser/Tab.ts"
import { listening } from "../../support/listening.ts"
import { needs } from "../../support/needs.ts"

/** As strict as the console's. */
const policy =
  "default-src 'none'; script-src 'self' 'nonce-n'; style-src 'self' 'nonce-n'; img-src 'self' data:; connect-src 'self'; require-trusted-types-for 'script'; trusted-types console"

const page = (body: string, script = "") =>
  `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"><style nonce="n">
body { margin: 0 } .box { width: 100px; border: 1px solid } .wide { width: 2000px } .up { margin-top: -10px } .pale { color: #bbb }
.out { position: relative; left: -200px } .held { overflow-x: auto; max-width: 300px } .short { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
</style></head><body><main><h1>A page</h1>${body}</main><script nonce="n">${script}</script></body></html>`

const pages: Readonly<Record<string, string>> = {
  "/well": page(
    "<button>Press</button><input aria-label=\"Words\"><div class=\"box held\"><div class=\"wide\">long</div></div><div class=\"box short\">much too long for its box</div>",
    "document.querySelector('button').onclick = () => fetch('/api/v1/nothing')"
  ),
  "/error": page("", "console.error('something broke')"),
  "/throws": page("", "setTimeout(() => { throw new Error('nobody caught it') })"),
  "/policy": page("<p style=\"color: red\">red</p>"),
  "/sink": page("<p id=\"p\"></p>", "document.getElementById('p').innerHTML = '<b>bold</b>'"),
  "/elsewhere": page("", "fetch(location.origin.replace('127.0.0.1', 'localhost'))"),
  "/asset": page("", "fetch('/nothing.css')"),
  "/barrier": page("<p class=\"pale\">hardly seen</p><input>"),
  "/wide": page("<div class=\"wide\">wide</div>"),
  "/left": page("<div class=\"box out\">out</div><div class=\"held\"><div class=\"box out\">gone</div></div>"),
  "/spilling": page("<div class=\"box\">Unbreakable-word-of-a-device</div>".replaceAll("-", "x")),
  "/overlapping": page("<div class=\"box\">one</div><div class=\"box up\">two</div>")
}

/** A server of pages that do what no page of the console may. */
class Pages extends Context.Service<Pages, { readonly url: string }>()("test/acceptance/console/Pages") {
  static readonly layer = Layer.effect(
    Pages,
    Effect.map(
      listening(createServer((request, response) => {
        const html = pages[request.url ?? ""]
        response.writeHead(html === undefined ? 404 : 200, {
          "content-type": "text/html; charset=utf-8",
          // What a policy forbids is not asked for.
          "content-security-policy": request.url === "/elsewhere" ? "" : policy
        }).end(html)
      })),
      (port) => ({ url: `http://127.0.0.1:${port}` })
    )
  )
}

const open = (path: string, allowed: ReadonlyArray<RegExp> = []) =>
  Effect.flatMap(Pages, ({ url }) => openTab({ url: url + path, allowed }))

const isComplaints = Schema.is(Complaints)

/** What fails a test whose page this is, once nothing else did. */
const complaintsOf = (path: string, use: (tab: Tab) => Effect.Effect<unknown, unknown> = () => Effect.void) =>
  Effect.gen(function*() {
    const exit = yield* Effect.exit(Effect.scoped(Effect.flatMap(open(path), use)))
    const failure = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
    return isComplaints(failure) ? failure.complaints.join("\n") : failure
  })

needs(["chromium"], () => {
  layer(Layer.merge(Pages.layer, Browser.layer), { excludeTestServices: true })("a test in the browser", (it) => {
    it.effect("finds nothing in a page that does well, also when the API refuses it something", () =>
      Effect.gen(function*() {
        const tab = yield* open("/well")
        const answered = tab.page.waitForResponse("**/api/v1/nothing")
        yield* tab.pointer.click(yield* tab.see("button", "Press"))
        yield* Effect.promise(() => answered)
        assert.deepStrictEqual(yield* axe(tab), [])
        assert.deepStrictEqual(yield* overflows(tab), [])
      }))

    it.effect("counts clicks, keys and pastes, and not the words that somebody writes", () =>
      Effect.gen(function*() {
        const { keyboard, page, pointer, see } = yield* open("/well")
        yield* pointer.click(yield* see("textbox", "Words"))
        yield* keyboard.paste("core-1")
        yield* keyboard.write(" is down")
        yield* keyboard.press("Home", "Delete")
        assert.strictEqual(yield* Effect.promise(() => page.inputValue("input")), "ore-1 is down")
        assert.deepStrictEqual([pointer.clicks(), keyboard.keys()], [1, 3])
      }))

    it.effect("fails for what a page does unseen: errors, violations of its policy, requests elsewhere", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* complaintsOf("/error"), "says in the console: something broke")
        const thrown = (tab: Tab) => Effect.promise(() => tab.page.waitForTimeout(0))
        assert.include(yield* complaintsOf("/throws", thrown), "throws: nobody caught it")
        assert.include(yield* complaintsOf("/policy"), "violates its policy: style-src-attr")
        assert.include(yield* complaintsOf("/sink"), "violates its policy: require-trusted-types-for")
        assert.include(yield* complaintsOf("/elsewhere"), "asks elsewhere: http://localhost:")
        assert.include(
          yield* complaintsOf("/asset", (tab) => Effect.promise(() => tab.page.waitForLoadState("networkidle"))),
          "Failed to load resource"
        )
        assert.strictEqual(yield* complaintsOf("/well"), undefined)
      }))

    it.effect("lets a page do what a test expects of it", () => Effect.asVoid(open("/error", [/something broke/])))

    it.effect("finds what is hard to see or has no name, and what is out of place", () =>
      Effect.gen(function*() {
        const barriers = (yield* axe(yield* open("/barrier"))).join("\n")
        assert.match(barriers, /^color-contrast .*: p$/m)
        assert.match(barriers, /^label .*: input$/m)
        const [wide] = yield* overflows(yield* open("/wide"))
        assert.strictEqual(wide, "<div.wide> \"wide\" leaves the window: from 0 to 2000 of 1440 px")
        const left = (yield* overflows(yield* open("/left"))).join("\n")
        assert.match(left, /^<div\.box\.out> "out" leaves the window: from -200 to -98 of 1440 px$/m)
        assert.match(left, /^<div\.box\.out> "gone" begins before <div\.held> .*: from -200 to -98 px$/m)
        const [spilling] = yield* overflows(yield* open("/spilling"))
        assert.match(spilling ?? "", /^the text of <div\.box> .* spills out of <div\.box>/)
        const [overlapping] = yield* overflows(yield* open("/overlapping"))
        assert.match(overlapping ?? "", /^<div\.box> "one" and <div\.box\.up> "two" overlap by 102 × 10 px$/)
      }))
  })
})
