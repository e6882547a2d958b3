import { assert, describe, it } from "@effect/vitest"
import { parseViews, withoutView, withView } from "../../../../services/web-ui/console/api/personalViews.ts"
import { queryOfView, searchOfView } from "../../../../services/web-ui/console/shell/savedQuery.ts"

const view = (name: string, query = "", page = "events") => ({ name, page, query })

describe("a saved view", () => {
  it("is what is looked for, and not which row was open", () => {
    const query = queryOfView({ host: "core-*", text: "a & b", open: "x", sev: undefined, team: "" })
    assert.strictEqual(query, "host=core-*&text=a+%26+b")
    assert.deepStrictEqual(searchOfView(query), { host: "core-*", text: "a & b" })
  })

  it("of one's own takes the place of the one of that name on that page, by name", () => {
    const views = [view("b"), view("b", "", "rules")]
    assert.deepStrictEqual(withView(views, view("a")), [view("a"), ...views])
    assert.deepStrictEqual(withView(views, view("b", "host=x")), [view("b", "", "rules"), view("b", "host=x")])
    assert.deepStrictEqual(withoutView(views, view("b")), [view("b", "", "rules")])
  })

  it("of one's own has a limit, and what an older console left counts as nothing", () => {
    const full = Array.from({ length: 200 }, (_, number) => view(`v${number}`))
    assert.isUndefined(withView(full, view("one more")))
    assert.lengthOf(withView(full, view("v7", "host=x")) ?? [], 200)
    for (const left of [undefined, "", "[", "[1]", "{}", JSON.stringify([view("x".repeat(101))])]) {
      assert.deepStrictEqual(parseViews(left), [])
    }
    assert.deepStrictEqual(parseViews(JSON.stringify([view("a")])), [view("a")])
  })
})
