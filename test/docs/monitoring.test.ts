import { assert, describe, it } from "@effect/vitest"
import { metrics } from "../../scripts/docs/metricsTable.ts"
import { alertCases } from "../../scripts/monitoring/alertCases.ts"
import { monitoringFiles } from "../../scripts/monitoring/files.ts"
import { dashboards } from "../../scripts/monitoring/panels.ts"
import { recordingGroups } from "../../scripts/monitoring/recordingRules.ts"
import { alerts } from "../../scripts/monitoring/rulesFile.ts"
import { code, headings, read } from "./documents.ts"

/** What other programs say: Prometheus itself, and the exporter that prometheus.yml names. */
const foreign = new Set(["up", "ALERTS"])
const ofExporter = /^node_/

const recorded = Object.values(recordingGroups).flat()
const lines = dashboards.flatMap(({ panels }) => panels.flatMap((panel) => Object.values(panel.lines)))
const queries = [...alerts.map(({ expr }) => expr), ...recorded.map(({ expr }) => expr), ...lines]

/** Names of metrics in a query: what is not a function, a keyword, a label or a string. */
const namesIn = (query: string): ReadonlyArray<string> =>
  [
    ...query
      .replaceAll(/"[^"]*"/g, "")
      .replaceAll(/\b(?:by|on|without|ignoring|group_left)\s*\([^)]*\)/g, "")
      .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, " ")
      .matchAll(/\b([a-zA-Z_][\w:]*)\b(?!\s*\()/g)
  ].map(([, name = ""]) => name).filter((name) => !/^(?:by|on|and|or|unless|offset|le|e)$|^\d/.test(name))

const isMetric = (known: ReadonlySet<string>) => (name: string) =>
  known.has(name) || known.has(name.replace(/_(?:bucket|sum|count)$/, ""))

describe("rules and dashboards of deploy", () => {
  it.each(monitoringFiles)("$path is as the code has it (npm run docs makes it anew)", ({ path, text }) => {
    assert.strictEqual(read(path), text())
  })

  it("name metrics that the programs have, and records that there are", () => {
    const declared = new Set([...metrics().map(({ name }) => name), ...recorded.map(({ record }) => record)])
    const quoted = code.filter((file) => /^(?:layers|services)\//.test(file)).flatMap((file) =>
      [...read(file).matchAll(/"((?:mutt|process|nodejs)_[a-z0-9_]+)"/g)].map(([, name = ""]) => name)
    )
    const known = isMetric(new Set([...declared, ...quoted]))
    const names = [...new Set(queries.flatMap(namesIn))].filter((name) => /[_:]|^up$|^ALERTS$/.test(name))
    assert.isAbove(names.length, 80)
    assert.deepStrictEqual(
      names.filter((name) => !known(name) && !foreign.has(name) && !ofExporter.test(name)).sort(),
      []
    )
  })

  it("have every alert in the runbook and in the table, and no other", () => {
    const names = [...new Set(alerts.map(({ name }) => name))]
    const told = headings(read("docs/RUNBOOK.md")).filter((heading) => heading.startsWith("Mutt"))
    assert.sameMembers(told, names)
    for (const name of names) {
      assert.include(read("docs/OBSERVABILITY.md"), `| \`${name}\` |`)
      assert.include(read("deploy/prometheus/alerts.rules.yml"), `runbook_url: "docs/RUNBOOK.md#${name.toLowerCase()}"`)
    }
  })

  it("have a case in which each alert fires, and one in which all it looks at is there and it stays still", () => {
    const [well] = alertCases
    const present = isMetric(new Set(Object.keys(well?.series ?? {}).map((series) => series.replace(/\{.*/, ""))))
    const program = isMetric(new Set(["up", "mutt_ready"]))
    for (const { expr, name } of alerts.filter(({ severity }) => severity !== "none")) {
      assert.isTrue(alertCases.some(({ fires }) => fires.includes(name)), `${name} fires in no case`)
      const wanted = namesIn(expr).filter((one) => one.startsWith("mutt_"))
      assert.deepStrictEqual(wanted.filter((one) => !present(one) && !program(one)), [], name)
    }
  })

  it("say who is told: a page or a ticket; only the watchdog nobody", () => {
    assert.deepStrictEqual(alerts.filter(({ severity }) => severity === "none").map(({ name }) => name), [
      "MuttWatchdog"
    ])
  })
})
