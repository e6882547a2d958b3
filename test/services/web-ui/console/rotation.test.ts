import { expect, it } from "vitest"
import { actOf } from "../../../../services/web-ui/console/pages/rotation/next.ts"
import {
  adviceOf,
  generationsText,
  hasOld,
  slotsIn,
  trackOf
} from "../../../../services/web-ui/console/pages/rotation/track.ts"
import { standing } from "../../../../services/web-ui/console/pages/rotation/words.ts"
import { Blocker, type RotationEntry, type RotationStatus } from "../../../../src/domain/Rotation.ts"

const status = (parts: Partial<RotationStatus> = {}): RotationStatus => ({
  secret: "DB_PASS",
  kind: "postgres",
  state: "STAGED",
  direction: "forward",
  id: 1,
  opened_by: "admin/anna",
  opened_at: "2026-03-01T00:00:00Z",
  reason: null,
  since: "2026-03-01T00:00:00Z",
  closed_at: null,
  outcome: null,
  pending: null,
  next_step: "apply",
  blocks: [],
  driver: null,
  stopped: null,
  slots: { CURRENT: "aa", NEXT: "bb" },
  instances: [],
  steps: [],
  missing: [],
  ...parts
})

const entry = (seq: number, step: RotationEntry["step"], phase: RotationEntry["phase"]): RotationEntry => ({
  seq,
  step,
  phase,
  state: "STAGED",
  by: "admin/anna",
  at: "2026-03-01T00:00:00Z",
  reason: null,
  forced: null,
  detail: ""
})

const silent = { code: "instance_silent", who: "alerter/a", detail: "It has said nothing for 9 s." } as const
const track = (parts: Partial<RotationStatus>) => trackOf(status(parts)).map(({ is, step }) => `${step} ${is}`)

it("shows how far a rotation is", () => {
  expect(track({})).toEqual([
    "stage done",
    "apply next",
    "verify ahead",
    "promote ahead",
    "drain ahead",
    "retire ahead"
  ])
  expect(track({ state: "PROMOTED", next_step: "drain", blocks: [silent] }).slice(3)).toEqual([
    "promote done",
    "drain stuck",
    "retire ahead"
  ])
  expect(track({ kind: "key", state: "PROMOTED", next_step: "retire" })).toEqual([
    "stage done",
    "promote done",
    "retire next"
  ])
  expect(track({ state: "STEADY", closed_at: "2026-03-02T00:00:00Z", outcome: "completed", next_step: null }).at(-1))
    .toBe("retire ahead")
})

it("does not call blocked what waits for a person alone", () => {
  const proof = { code: "proof_missing", who: "alerter/a", detail: "It has not said yet." } as const
  expect(track({ state: "APPLIED", next_step: "verify", blocks: [proof] })[2]).toBe("verify next")
  expect(track({ state: "APPLIED", next_step: "verify", blocks: [proof, silent] })[2]).toBe("verify stuck")
})

it("shows the way back as it is gone", () => {
  // Not promoted yet: the server is put back.
  expect(track({ direction: "back", pending: "revert", next_step: "revert", state: "APPLIED" })).toEqual([
    "revert next"
  ])
  // Promoted: the old value goes the way that the new one went.
  const turned = {
    direction: "back",
    state: "STAGED",
    next_step: "apply",
    steps: [
      entry(1, "apply", "done"),
      entry(2, "turn", "intent"),
      entry(3, "turn", "done"),
      entry(4, "apply", "failed")
    ]
  } as const
  expect(track(turned).slice(0, 3)).toEqual(["turn done", "apply next", "verify ahead"])
  expect(trackOf(status(turned))[1]?.entry).toMatchObject({ seq: 4 })
})

it("says in a sentence where it stands", () => {
  expect(standing(status())).toBe("Apply comes next.")
  expect(standing(status({ blocks: [silent] }))).toBe("Apply comes next, and one thing is in its way.")
  expect(standing(status({ driver: { instance: "web", seen_ms: 500 } }))).toBe("Apply comes next, by itself.")
  expect(standing(status({ driver: { instance: "web", seen_ms: 60_000 } }))).toBe("Apply comes next.")
  expect(standing(status({ kind: "key", state: "PROMOTED", next_step: "retire" }))).toContain("every caller")
  expect(standing(status({ id: null }))).toBe("It was never rotated here.")
})

it("offers the step that comes next, and to go on where one was begun and is not known to be done", () => {
  expect([actOf(status()), actOf(status({ next_step: "turn" })), actOf(status({ next_step: null }))])
    .toEqual(["apply", "resume", undefined])
})

it("shows the values in the order in which they are passed on, and marks what an old value opened", () => {
  expect(slotsIn(status({ slots: { CURRENT: "a", PREVIOUS: "b" } }))).toEqual(["CURRENT", "PREVIOUS"])
  expect(generationsText({ 4: 1, 5: 3 })).toBe("3 of g5, 1 of g4")
  expect([
    hasOld({ 5: 3 }, { generation: 5 }),
    hasOld({ 4: 1 }, { generation: 5 }),
    hasOld({ 4: 1 }, { generation: null })
  ])
    .toEqual([false, true, false])
})

it("has advice for everything that blocks", () => {
  expect(Blocker.fields.code.literals.map((code) => adviceOf({ code })).filter((advice) => advice === "")).toEqual([])
})
