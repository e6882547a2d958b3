import type { Dashboard, Panel } from "./Panel.ts"

/** Panels stand three in a row; Grafana's grid is 24 wide. */
const [width, height, inARow] = [8, 7, 3]

const colours = (redFrom: number | undefined) => ({
  mode: "absolute",
  steps: [{ color: "green", value: null }, ...(redFrom === undefined ? [] : [{ color: "red", value: redFrom }])]
})

const panelOf = ({ kind, lines, redFrom, title, unit }: Panel, index: number) => ({
  id: index + 1,
  title,
  type: kind === "stat" ? "stat" : "timeseries",
  datasource: { type: "prometheus", uid: "mutt-prometheus" },
  gridPos: { h: height, w: width, x: index % inARow * width, y: Math.floor(index / inARow) * height },
  fieldConfig: { defaults: { unit, min: kind === "graph" ? 0 : null, thresholds: colours(redFrom) }, overrides: [] },
  options: kind === "stat"
    ? { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "value" }
    : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
  targets: Object.entries(lines).map(([legend, expr], at) => ({
    refId: String.fromCharCode(65 + at),
    expr,
    legendFormat: legend,
    instant: kind === "stat"
  }))
})

/** A dashboard as Grafana provisions it. */
export const dashboardFile = ({ panels, title, uid }: Dashboard): string =>
  `${
    JSON.stringify(
      {
        uid,
        title,
        tags: ["mutt"],
        schemaVersion: 38,
        editable: false,
        refresh: "30s",
        time: { from: "now-6h", to: "now" },
        timezone: "browser",
        panels: panels.map(panelOf)
      },
      null,
      1
    )
  }\n`
