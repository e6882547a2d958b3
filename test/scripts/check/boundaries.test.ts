import { assert, describe, it } from "@effect/vitest"
import { boundaryViolations } from "../../../scripts/check/boundaries.ts"
import { machinePaths } from "../../../scripts/check/machineWords.ts"
import { sourceFile } from "../../../scripts/check/SourceFile.ts"

const messages = (files: Record<string, string>) =>
  boundaryViolations(Object.entries(files).map(([path, text]) => sourceFile(path, text))).map(({ message, path }) =>
    `${path}: ${message}`
  )

const world = {
  "src/domain/Event.ts": "",
  "src/logic/masking.ts": "",
  "src/api/ingestor/Api.ts": "",
  "layers/queue/EventQueue.ts": "",
  "layers/queue/EventQueueRedis.ts": "",
  "layers/queue/keys.ts": "",
  "layers/redis/Redis.ts": "",
  "layers/redis/RedisIo.ts": "",
  "layers/redis/RedisLayer.ts": "",
  "services/alerter/Program.ts": "",
  "scripts/start.ts": ""
}

const refused: ReadonlyArray<readonly [name: string, path: string, text: string]> = [
  ["the domain takes from logic", "src/domain/Rule.ts", `import { mask } from "../logic/masking.ts"`],
  ["logic takes from the API", "src/logic/matching.ts", `import { Api } from "../api/ingestor/Api.ts"`],
  ["src takes from a layer", "src/logic/matching.ts", `import { Redis } from "../../layers/redis/Redis.ts"`],
  ["src takes a library that does I/O", "src/domain/Rule.ts", `import { Redis } from "ioredis"`],
  ["src takes from the runtime", "src/decode/json.ts", `import { gunzipSync } from "node:zlib"`],
  ["a layer takes an adapter of another", "layers/rules/RuleSource.ts", `import { x } from "../redis/RedisIo.ts"`],
  [
    "a layer takes an assembled layer of another",
    "layers/rules/RuleSource.ts",
    `import { x } from "../redis/RedisLayer.ts"`
  ],
  [
    "a layer takes from a higher floor",
    "layers/redis/Choice.ts",
    `import { EventQueue } from "../queue/EventQueue.ts"`
  ],
  [
    "a layer takes a type from a higher floor",
    "layers/redis/Choice.ts",
    `import type { EventQueue } from "../queue/EventQueue.ts"`
  ],
  ["a layer takes from its neighbour", "layers/audit/Audit.ts", `import { queueKeys } from "../queue/keys.ts"`],
  ["a layer is on no floor", "layers/cellar/Choice.ts", `import { Redis } from "../redis/Redis.ts"`],
  [
    "a layer takes from a program",
    "layers/rules/RuleSource.ts",
    `import { x } from "../../services/alerter/Program.ts"`
  ],
  ["a program takes from another", "services/web-ui/Program.ts", `import { x } from "../alerter/Program.ts"`],
  ["the command line takes from a layer", "services/cli/rules.ts", `import { x } from "../../layers/redis/Redis.ts"`],
  ["the command line takes from scripts", "services/cli/api.ts", `import { x } from "../../scripts/start.ts"`],
  ["a driver has a second door", "layers/queue/EventQueueRedis.ts", `import { Redis } from "ioredis"`],
  ["a subpath of a driver has a second door", "services/web-ui/Program.ts", `import x from "@effect/sql-pg/PgClient"`],
  ["a program's inside sees the runtime", "services/alerter/Program.ts", `import { readFileSync } from "node:fs"`],
  ["a contract sees the runtime", "layers/rules/RuleSource.ts", `import x from "@effect/platform-node/NodeRuntime"`],
  ["an ending is left out", "services/alerter/Loop.ts", `import { x } from "../../src/domain/Event"`],
  ["an import is inside a function", "services/alerter/Loop.ts", `const x = () => import("ioredis")`],
  ["a re-export breaks a rule", "src/domain/Rule.ts", `export * from "../logic/masking.ts"`],
  ["the imported file does not exist", "services/alerter/Loop.ts", `import { x } from "./Gone.ts"`],
  ["a barrel", "layers/redis/index.ts", ""],
  ["a file of the product longer than 250 lines", "src/domain/Long.ts", "// line\n".repeat(251)],
  ["a test longer than 300 lines", "test/src/domain/Long.test.ts", "// line\n".repeat(301)]
]

const allowed: ReadonlyArray<readonly [name: string, path: string, text: string]> = [
  ["logic takes from the domain", "src/logic/matching.ts", `import type { Event } from "../domain/Event.ts"`],
  ["a layer takes a contract of another", "layers/rules/RuleSource.ts", `import { Redis } from "../redis/Redis.ts"`],
  [
    "a layer takes plain words of another",
    "layers/rules/RuleSource.ts",
    `import { queueKeys } from "../queue/keys.ts"`
  ],
  ["a layer takes its own adapter", "layers/redis/Choice.ts", `import { x } from "./RedisIo.ts"`],
  [
    "the driver's own folder",
    "layers/redis/RedisIo.ts",
    `import { Redis } from "ioredis"\nimport { connect } from "node:net"`
  ],
  [
    "an entry point sees everything",
    "services/alerter/main.ts",
    `import { createServer } from "node:http"\nimport { x } from "../../layers/redis/RedisLayer.ts"`
  ],
  [
    "a test starts a program",
    "test/services/alerter/Program.test.ts",
    `import { x } from "../../../services/alerter/Program.ts"`
  ],
  ["mutt migrate", "services/cli/migration.ts", `import { x } from "../../layers/redis/RedisLayer.ts"`],
  ["exactly 250 lines", "src/domain/Long.ts", "// line\n".repeat(250)]
]

describe("boundaries", () => {
  it.each(refused)("refuses: %s", (_, path, text) => {
    assert.lengthOf(messages({ ...world, [path]: text }), 1)
  })

  it.each(allowed)("allows: %s", (_, path, text) => {
    assert.deepStrictEqual(messages({ ...world, [path]: text }), [])
  })

  it("names the circle when files import each other", () => {
    const circle = {
      "src/domain/A.ts": `import { b } from "./B.ts"`,
      "src/domain/B.ts": `import { c } from "./C.ts"`,
      "src/domain/C.ts": `import { a } from "./A.ts"`
    }
    assert.deepStrictEqual(messages(circle), [
      "src/domain/A.ts: imports go round in a circle: src/domain/A.ts → src/domain/B.ts → src/domain/C.ts → src/domain/A.ts"
    ])
  })

  it("names the circle when only types go round", () => {
    assert.deepStrictEqual(
      messages({
        "layers/audit/A.ts": `import type { b } from "./B.ts"`,
        "layers/audit/B.ts": `import type { a } from "./A.ts"`
      }),
      ["layers/audit/A.ts: imports go round in a circle: layers/audit/A.ts → layers/audit/B.ts → layers/audit/A.ts"]
    )
  })

  it("gives the line of the import", () => {
    const file = sourceFile("src/domain/A.ts", `import { Effect } from "effect"\n\nimport {\n  x\n} from "ioredis"\n`)
    assert.deepStrictEqual(boundaryViolations([file]).map(({ line }) => line), [3])
  })

  it("finds paths of one machine", () => {
    const path = (...names: ReadonlyArray<string>) => ["", ...names].join("/")
    const clone = path("srv", "clone", "a")
    const text = [
      `fine: ./x${path("tmp", "y")} and ${path("etc", "mutt")}`,
      path("home", "ann", "x"),
      `see ${clone}/README.md`
    ]
      .join("\n")
    assert.deepStrictEqual(machinePaths("docs/a.md", text, clone).map(({ line }) => line), [2, 3])
  })
})
