import { expect, it } from "vitest"
import { pastedCheckpoints } from "../../../../services/web-ui/console/pages/audit/checkpoints.ts"
import { queryOf } from "../../../../services/web-ui/console/pages/audit/search.ts"
import { changeWords, placeOf } from "../../../../services/web-ui/console/pages/audit/words.ts"

it("asks for what the address says, whole days, and leaves out what cannot be read", () => {
  expect(queryOf({ by: "anna", table: "alert_rules", record: "7", op: "update", from: "2026-02-28", to: "2026-02-28" }))
    .toEqual({
      changed_by: "anna",
      table_name: "alert_rules",
      record_id: "7",
      operation: "UPDATE",
      start_date: "2026-02-28",
      end_date: "2026-03-01T00:00:00.000Z"
    })
  expect(queryOf({ by: "", op: "drop", from: "yesterday", to: "2026-13-40" })).toEqual({})
})

it("reads pasted checkpoints and says which lines are none", () => {
  const line = JSON.stringify({ seq: 3, entryHash: "ab", at: "2026-03-01T00:00:00Z" })
  const found = pastedCheckpoints(`${line}\n\nnonsense\n{"seq":1}\n${line}`)
  expect(found.checkpoints.map(({ seq }) => seq)).toEqual([3, 3])
  expect(found.unread).toEqual([3, 4])
})

it("names a change in words, and leads to what was changed", () => {
  expect(changeWords({ operation: "UPDATE", table_name: "dynamic_config", record_id: "log_level" }))
    .toBe("changed setting log_level")
  expect(changeWords({ operation: "DELETE", table_name: "new_table", record_id: 4 })).toBe("removed new_table 4")
  expect(placeOf("secret_rotation", "DB_PASS")).toEqual({ to: "/rotation", search: { secret: "DB_PASS" } })
  expect(placeOf("dead_letters", "events")).toBeUndefined()
})
