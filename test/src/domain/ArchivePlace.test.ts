import { assert, describe, it } from "@effect/vitest"
import { settingProblem } from "../../../src/domain/Settings.ts"

const problem = (place: string) => settingProblem("event_archive", place)

describe("where events are archived", () => {
  it("is nowhere, a folder, or a bucket with what its keys begin with", () => {
    for (const place of ["off", "file:///srv/mutt-archive", "s3://events", "s3://my.events-1/mutt/prod_1"]) {
      assert.isUndefined(problem(place), place)
    }
  })

  it("is nothing that leaves it, names a host or hides a key, and is said in words", () => {
    const wrong = [
      "",
      "on",
      "file://",
      "file://host/a",
      "file:///",
      "file:///a/../b",
      "s3://",
      "s3:///a",
      "s3://Events"
    ]
    const more = [
      "s3://ev",
      "s3://events/",
      "s3://events//a",
      "s3://events/../a",
      "s3://id:key@events/a",
      "s3://events?a"
    ]
    for (const place of [...wrong, ...more]) {
      assert.strictEqual(problem(place), "event_archive must be off | file:///folder | s3://bucket/prefix.", place)
    }
  })
})
