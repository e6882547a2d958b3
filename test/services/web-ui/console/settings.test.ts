import { expect, it } from "vitest"
import {
  brokenTogether,
  changesOf,
  type Edits,
  isLarge,
  keepMine,
  typedValue,
  undoing,
  withEdit
} from "../../../../services/web-ui/console/pages/settings/edits.ts"
import { nounOf, wantedOf } from "../../../../services/web-ui/console/pages/settings/nouns.ts"
import { rolloutWords, versionsIn, withSeen } from "../../../../services/web-ui/console/pages/settings/rollout.ts"
import { differing, takingBack, versionsOf } from "../../../../services/web-ui/console/pages/settings/versions.ts"
import { valueWords } from "../../../../services/web-ui/console/pages/settings/words.ts"
import { comparedIn } from "../../../../services/web-ui/console/shell/compared.ts"
import type { InstanceItem, SettingItem } from "../../../../src/api/web-ui/Settings.ts"
import { type SettingKey, settingKeys, settings } from "../../../../src/domain/Settings.ts"

const item = (key: SettingKey, parts: Partial<SettingItem> = {}): SettingItem => {
  const { default: byDefault, description, programs, range, unit } = settings[key]
  return {
    key,
    value: byDefault,
    default: byDefault,
    is_set: false,
    type: typeof byDefault === "number" ? "integer" : "string",
    range,
    unit,
    description,
    programs,
    version: 0,
    changed_by: null,
    changed_at: null,
    ...parts
  }
}

const process = (instance: string, version: number, parts: Partial<InstanceItem> = {}): InstanceItem => ({
  program: "alerter",
  instance,
  epoch: "e",
  version,
  ok: true,
  reason: null,
  ms: 4,
  since: "2026-03-01T00:00:00Z",
  seen: "2026-03-01T00:00:00Z",
  ...parts
})

it("has a place for every setting", () => {
  expect(settingKeys.filter((key) => nounOf(key) === undefined)).toEqual([])
})

it("reads numbers as people group them, and leaves what is no number to the range", () => {
  const { type } = item("moog_rate_limit")
  expect(["50", " 1 000 000 ", "1_000", "1,000", "0.5", "lots", "1,5", ""].map((text) => typedValue({ type }, text)))
    .toEqual([50, 1_000_000, 1_000, 1_000, 0.5, "lots", "1,5", ""])
})

it("makes a change of what was typed, and none of what was typed back", () => {
  const rate = item("moog_rate_limit")
  const edits = withEdit({}, rate, "500")
  expect(changesOf([rate], edits)).toMatchObject([{ to: 500, becomes: 500, large: false, conflict: false }])
  expect(withEdit(edits, rate, "50")).toEqual({})
  expect(changesOf([rate], withEdit({}, rate, "0"))).toMatchObject([{
    problem: expect.stringContaining("1 to 100000")
  }])
})

it("goes back to the default by null, and takes that back to what was set", () => {
  const rate = item("moog_rate_limit", { value: 80, is_set: true, version: 3 })
  const changes = changesOf([rate], withEdit({}, rate, null))
  expect(changes).toMatchObject([{ to: null, becomes: 50 }])
  expect(undoing(changes)).toEqual({ moog_rate_limit: 80 })
  expect(undoing(changesOf([item("moog_rate_limit")], withEdit({}, item("moog_rate_limit"), "60")))).toEqual({
    moog_rate_limit: null
  })
})

it("says so when somebody else changed the setting since, until mine is kept or theirs taken", () => {
  const before = item("moog_rate_limit")
  const edits = withEdit(withEdit({}, before, "60"), before, "70")
  const now = item("moog_rate_limit", { value: 90, is_set: true, version: 4, changed_by: "admin/eve" })
  expect(changesOf([now], edits)).toMatchObject([{ conflict: true, becomes: 70, edit: { base: 50, baseVersion: 0 } }])
  expect(changesOf([now], keepMine(edits, now))).toMatchObject([{ conflict: false, becomes: 70 }])
  const same: Edits = withEdit({}, before, "90")
  expect(changesOf([now], same)).toEqual([])
  expect(keepMine(same, now)).toEqual({})
})

it("wants more than tenfold to be meant", () => {
  expect([[50, 500], [50, 501], [50, 5], [50, 4], [0, 1], [0, 0], ["a", "b"]].map(([a, b]) => isLarge(a ?? 0, b ?? 0)))
    .toEqual([false, true, false, true, true, false, false])
})

it("sees what breaks a rule between settings before it is saved", () => {
  const items = [item("alerter_queue_warn_threshold"), item("alerter_queue_shed_threshold")]
  const edits = withEdit({}, item("alerter_queue_warn_threshold"), "200000")
  expect(brokenTogether(items, changesOf(items, edits))).toEqual([
    "alerter_queue_warn_threshold must not be above alerter_queue_shed_threshold."
  ])
})

it("keeps a setting in sight that is being changed, whatever the filter", () => {
  const items = [item("moog_rate_limit"), item("log_level", { is_set: true, value: "warn" })]
  const keys = (wanted: Parameters<typeof wantedOf>[1], edited = "") =>
    wantedOf(items, wanted, (key) => key === edited).map(({ key }) => key)
  expect(keys({ set: "changed" })).toEqual(["log_level"])
  expect(keys({ set: "changed" }, "moog_rate_limit")).toEqual(["moog_rate_limit", "log_level"])
  expect(keys({ program: "ingestor" })).toEqual(["log_level"])
  expect(keys({ text: "FORWARDERS together" })).toEqual(["moog_rate_limit"])
})

it("tells how far the processes are with a version, and keeps what each took", () => {
  const newest = { epoch: "e", version: 8 }
  expect(rolloutWords([process("a", 8), process("b", 8)], newest)).toBe("All 2 processes run version 8.")
  const three = [process("a", 8), process("b", 7), process("c", 8, { ok: false, reason: "too old" })]
  expect(rolloutWords(three, newest)).toBe("1 of 3 processes run version 8, 1 on the way, 1 refused it.")
  // A database restored from a backup counts anew.
  expect(rolloutWords([process("a", 9, { epoch: "before" })], newest)).toContain("1 on the way")
  const seen = withSeen(withSeen(new Map(), [process("a", 7), process("b", 7)]), [process("a", 8)])
  expect(versionsIn(seen, 8)).toEqual([7, 8])
  expect(seen.get("alerter/b")?.get(8)).toBeUndefined()
})

it("groups a history by version, and takes back only what is not so already", () => {
  const entry = {
    version: 3,
    key: "moog_rate_limit",
    old_value: 50,
    new_value: 80,
    is_unset: false,
    changed_by: "admin/anna",
    changed_at: "2026-03-01T00:00:00Z",
    reason: "more",
    correlation_id: "c"
  }
  const other = { ...entry, key: "log_level", old_value: "warn", new_value: "debug" }
  const [made, older] = versionsOf([entry, other, { ...entry, version: 2 }])
  expect([made?.changes.length, older?.version]).toEqual([2, 2])
  const items = [
    item("moog_rate_limit", { value: 80, is_set: true, version: 3 }),
    item("log_level", { value: "warn", is_set: true, version: 4 })
  ]
  expect(takingBack(made?.changes ?? [], items)).toMatchObject([{ to: null, becomes: 50 }])
})

it("compares any two versions", () => {
  expect(comparedIn("3..12")).toEqual([3, 12])
  expect([undefined, "3", "3..", "a..b", "-1..2"].map(comparedIn)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined
  ])
  expect(differing({ a: 1, b: 2, c: 3 }, { a: 1, b: 3, d: 4 }, () => "s")).toEqual([
    { key: "b", was: 2, becomes: 3, unit: "s" },
    { key: "c", was: 3, becomes: null, unit: "s" },
    { key: "d", was: null, becomes: 4, unit: "s" }
  ])
})

it("says large numbers in the unit that people use", () => {
  expect([
    valueWords(1_073_741_824, "bytes"),
    valueWords(86_400, "s"),
    valueWords(250, "ms"),
    valueWords(1_000_000, "events"),
    valueWords("UTC", "")
  ]).toEqual([
    "1073741824 bytes (1 GiB)",
    "86400 s (1 d)",
    "250 ms",
    "1000000 events (1,000,000)",
    "UTC"
  ])
})
