import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { functionRights, tableRights } from "../../../layers/postgres/grants.ts"
import { rightsNamed } from "../../../layers/postgres/wideRights.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import type { RotationChange } from "../../../services/web-ui/rotation/makeRotationJournal.ts"
import { ruleColumns } from "../../../src/domain/Rule.ts"

const read = (file: string) => readFileSync(join(repository, file), "utf8")

/** What runs as the owner of the schema, and not as the programs' role. */
const ofTheOwner = /migrations\/|\/(?:migrate|grants|samples|wideRights|contracts|partitionIndex)\.ts$|^services\/cli\//

const migrations = globSync("layers/postgres/{migrations/*,migrate}.ts", { cwd: repository }).map(read).join("\n")
const named = (pattern: RegExp) => new Set(Array.from(migrations.matchAll(pattern), ([, name = ""]) => name))
const tables = named(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)
const functions = named(/CREATE (?:OR REPLACE )?FUNCTION (\w+)/g)

const sources = globSync("{layers,services}/**/*.ts", { cwd: repository }).filter((file) => !ofTheOwner.test(file))
  .sort()
  .map(read)

/** Fields of a rotation that its journal changes: the compiler says when one is missing here. */
const changes: Readonly<Record<keyof RotationChange, true>> = {
  state: true,
  direction: true,
  pending: true,
  attempt: true,
  outcome: true,
  stopped: true
}

/** What is given to `sql.update` and made elsewhere, with the columns that it sets. */
const madeElsewhere: Readonly<Record<string, ReadonlyArray<string>>> = {
  toRuleColumns: Object.values(ruleColumns),
  toNamedColumns: ["name", ...Object.values(ruleColumns)],
  to: Object.keys(changes)
}

/** Members of the object that a function of this file makes for `sql.update`. */
const membersMade = (source: string, name: string): ReadonlyArray<string> => {
  const elsewhere = madeElsewhere[name]
  if (elsewhere !== undefined) return elsewhere
  const [, body] = new RegExp(`const ${name} = \\([^=]*=> \\(\\{([^}]*)\\}\\)`).exec(source) ?? []
  assert.isDefined(body, `what ${name} makes cannot be read`)
  return (body ?? "").split(",").map((member) => member.split(":")[0]?.trim() ?? "").filter((member) => member !== "")
}

/** `a = …, b = …`, or `${sql.update(nameOf(…))}`. */
const columnsSet = (source: string, text: string): ReadonlyArray<string> => [
  ...Array.from(text.replaceAll(/\$\{[^{}]*\}/g, "?").matchAll(/(?:^|,)\s*(\w+)\s*=/g), ([, name = ""]) => name),
  ...Array.from(text.matchAll(/sql\.update\((\w+)/g)).flatMap(([, name = ""]) => membersMade(source, name))
]

/** The rights that the statements of one file need, columns of an UPDATE by name. */
const rightsUsed = (source: string): ReadonlyArray<string> => {
  const rights: Array<string> = []
  for (const [, verb, name = ""] of source.matchAll(/\b(INSERT INTO|DELETE FROM|FROM|JOIN) (\w+)/g)) {
    if (!tables.has(name)) continue
    rights.push(`${verb === "INSERT INTO" ? "INSERT" : verb === "DELETE FROM" ? "DELETE" : "SELECT"} ${name}`)
  }
  // To tell which rows go, it reads them.
  for (const [, name = "", column = ""] of source.matchAll(/\bDELETE FROM (\w+) WHERE (\w+) = \$/g)) {
    if (tables.has(name)) rights.push(`SELECT ${name}.${column}`)
  }
  for (
    const [, name = "", text = ""] of source.matchAll(/\bUPDATE (\w+) SET ([\s\S]*?)(?=\bWHERE\b|\bRETURNING\b|`)/g)
  ) {
    rights.push(...columnsSet(source, text).map((column) => `UPDATE ${name}.${column}`))
  }
  for (
    const [, name = "", text = ""] of source.matchAll(
      /\bINSERT INTO (\w+)(?:(?!INSERT INTO)[^`])*?DO UPDATE SET\s+([^`]*)/g
    )
  ) {
    rights.push(...columnsSet(source, text).map((column) => `UPDATE ${name}.${column}`))
  }
  // One statement over several tables, which it names in a list.
  for (
    const [, list = "", column] of source.matchAll(
      /for \(const table of \[([^\]]*)\]\)[^`]*`DELETE FROM \$\{sql\(table\)\} WHERE (\w+)/g
    )
  ) {
    for (const [, name = ""] of list.matchAll(/"(\w+)"/g)) rights.push(`DELETE ${name}`, `SELECT ${name}.${column}`)
  }
  return rights
}

/** Reads of a whole table hold reads of its columns; which columns an INSERT names is for the suites to show. */
const plain = (rights: ReadonlyArray<string>) => {
  const all = new Set(rights.map((right) => right.startsWith("INSERT ") ? right.replace(/\..*/, "") : right))
  return [...all].filter((right) => !right.includes(".") || !all.has(right.replace(/\..*/, ""))).sort()
}

describe("the rights of the programs' role", () => {
  it("are those that statements of the programs need: none is missing, none is more", () => {
    const written = Object.entries(tableRights).flatMap(([table, rights]) => rightsNamed(table, rights))
    assert.deepStrictEqual(plain(written), plain(sources.flatMap(rightsUsed)))
  })

  it("let it call the functions that programs call, and no other", () => {
    const used = [...functions].filter((name) => sources.some((source) => new RegExp(`\\b${name}\\(`).test(source)))
    assert.deepStrictEqual(functionRights.map((signature) => signature.replace(/\(.*/, "")), used.sort())
  })

  it("are read from statements as they are written", () => {
    const source = "const made = ({ a, b }: X) => ({ state: a, direction: b })\n" +
      "sql`UPDATE config_ledger SET epoch = x() WHERE y`; sql`UPDATE secret_rotations SET ${sql.update(made(q))}, pending = ${z} WHERE`\n" +
      "sql`INSERT INTO config_settings (key) SELECT 1 FROM alert_rules ON CONFLICT (key) DO UPDATE SET value = 1`; sql`DELETE FROM device_teams`"
    assert.deepStrictEqual(plain(rightsUsed(source)), [
      "DELETE device_teams",
      "INSERT config_settings",
      "SELECT alert_rules",
      "UPDATE config_ledger.epoch",
      "UPDATE config_settings.value",
      "UPDATE secret_rotations.direction",
      "UPDATE secret_rotations.pending",
      "UPDATE secret_rotations.state"
    ])
  })
})
