import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../stack/Paths.ts"
import { markdownTable } from "./generated.ts"

const declaration =
  /(?:Metric\.(counter|gauge|histogram)|\b(?:counters|latency(Histogram)))\(\s*"((?:mutt|process|nodejs)_[a-z0-9_]+)",\s*(?:\{[^}]*?description:\s*)?"((?:[^"\\]|\\.)*)"/g

/** Every metric as it is declared: name, type, where, meaning. */
export const metrics = (): ReadonlyArray<{ readonly name: string; readonly cells: ReadonlyArray<string> }> =>
  globSync(["layers/**/*.ts", "services/**/*.ts"], { cwd: repository }).sort().flatMap((file) =>
    [...readFileSync(join(repository, file), "utf8").matchAll(declaration)].map((
      [, type, latency, name = "", meaning = ""]
    ) => ({
      name,
      cells: [
        `\`${name}\``,
        type ?? latency?.toLowerCase() ?? "counter",
        /^services\/([^/]+)/.exec(file)?.[1] ?? "every program that has it",
        meaning.replaceAll("\\\"", "\"")
      ]
    }))
  ).sort((a, b) => (a.name < b.name ? -1 : 1))

export const metricsTable = (): string =>
  markdownTable(["metric", "type", "in", "meaning"], metrics().map(({ cells }) => cells))
