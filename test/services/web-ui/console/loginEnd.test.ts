import { assert, describe, it } from "@effect/vitest"
import { dueOf, endOf } from "../../../../services/web-ui/console/api/loginEnd.ts"

const at = (time: string) => Date.parse(`2026-03-01T${time}Z`)
const login = { idle_until: "2026-03-01T05:00:00Z", ends_at: "2026-03-01T16:00:00Z" }

describe("the end of a login", () => {
  it("is where nobody uses it, or where it has lasted long enough, whichever is first", () => {
    assert.deepStrictEqual(endOf(login), { at: at("05:00:00"), isIdle: true })
    assert.deepStrictEqual(endOf({ ...login, idle_until: login.ends_at }), { at: at("16:00:00"), isIdle: false })
    assert.deepStrictEqual(endOf({ ...login, idle_until: null }), { at: at("16:00:00"), isIdle: false })
    assert.isUndefined(endOf({ idle_until: null, ends_at: null }), "a key has none")
  })

  it("is asked for before anybody is warned, as other tabs may have put it off, and again when it has come", () => {
    const end = { at: at("05:00:00"), isIdle: true }
    const due = (now: string, asked: string) => dueOf(end, at(now), at(asked))
    assert.isUndefined(due("04:57:54", "04:00:00"))
    assert.strictEqual(due("04:57:55", "04:00:00"), "ask")
    assert.isUndefined(due("04:57:56", "04:57:55"))
    assert.strictEqual(due("04:58:00", "04:57:55"), "tell")
    assert.strictEqual(due("04:59:59", "04:57:55"), "tell")
    assert.strictEqual(due("05:00:00", "04:57:55"), "ask")
    assert.isUndefined(due("05:00:01", "05:00:00"))
  })
})
