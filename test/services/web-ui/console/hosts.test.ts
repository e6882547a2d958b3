import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { inverseOf } from "../../../../services/web-ui/console/pages/hosts/hostChanges.ts"
import { readHostFile } from "../../../../services/web-ui/console/pages/hosts/hostFile.ts"
import { coveredBy, findPatterns, patternsOf, rowOf } from "../../../../services/web-ui/console/pages/hosts/patterns.ts"
import type { ImportedHost } from "../../../../src/api/web-ui/HeardHosts.ts"

describe("names and patterns of hosts", () => {
  const patterns = patternsOf([{ hostname: "lab-*" }, { hostname: "sw9" }], [
    { hostname: "core-1", team_assignment: "WAN" },
    { hostname: "lab-*", team_assignment: "LAB" }
  ])

  it("are one list, by name", () => {
    assert.deepStrictEqual(patterns, [
      { hostname: "core-1", dev: false, team: "WAN" },
      { hostname: "lab-*", dev: true, team: "LAB" },
      { hostname: "sw9", dev: true, team: undefined }
    ])
    assert.deepStrictEqual(patterns.map(rowOf).at(-1), { hostname: "sw9", environment: "dev", team: null })
  })

  it("are narrowed by what the address says", () => {
    const names = (address: Parameters<typeof findPatterns>[1]) =>
      findPatterns(patterns, address).map(({ hostname }) => hostname)
    assert.deepStrictEqual(names({ env: "dev", q: "SW" }), ["sw9"])
    assert.deepStrictEqual(names({ team: "WAN" }), ["core-1"])
    assert.deepStrictEqual(names({ env: "prod" }), ["core-1"])
  })

  it("are counted once for each host that they decide about", () => {
    const host = {
      hostname: "lab-1",
      last_at: null,
      count_24h: 0,
      environment: "dev" as const,
      environment_by: "lab-*",
      team: "LAB",
      team_by: "lab-*",
      silenced_by: []
    }
    const counts = coveredBy([host, { ...host, hostname: "lab-2", team: "NETO", team_by: null }])
    assert.deepStrictEqual([...counts], [["lab-*", 2]])
  })
})

describe("a file of hosts", () => {
  it("may be lines of a table or the API's JSON", () => {
    const rows: ReadonlyArray<ImportedHost> = [
      { hostname: "lab-*", environment: "dev" },
      { hostname: "core-1", team: "WAN, north" },
      { hostname: "core-2", environment: "prod", team: null }
    ]
    const table = "Hostname,Environment,Team\n# ours\nlab-*,DEV\r\ncore-1,,\"WAN, north\"\n\ncore-2;prod;-\n"
    assert.deepStrictEqual(readHostFile(table), Result.succeed(rows))
    assert.deepStrictEqual(readHostFile(JSON.stringify(rows)), Result.succeed(rows))
  })

  it("is refused with the line of what is wrong", () => {
    const wrong = readHostFile("core-1,prod\n\nbad host,dev\nsw1\n")
    assert.deepStrictEqual(
      Result.isFailure(wrong) && wrong.failure.map(({ field }) => field),
      ["line 3 hostname", "line 4 environment"]
    )
    assert.isTrue(Result.isFailure(readHostFile("")))
    assert.isTrue(Result.isFailure(readHostFile("[")))
  })
})

describe("taking an import back", () => {
  it("makes each host what it was before", () => {
    const rows = inverseOf({
      dry_run: false,
      version: 4,
      unchanged: 0,
      development_hosts: { added: ["lab-*"], removed: ["core-1"] },
      teams: [
        { hostname: "lab-*", before: null, after: "LAB" },
        { hostname: "sw1", before: "WAN", after: null }
      ]
    })
    assert.deepStrictEqual(rows, [
      { hostname: "lab-*", environment: "prod", team: null },
      { hostname: "core-1", environment: "dev" },
      { hostname: "sw1", team: "WAN" }
    ])
  })
})
