import { readFileSync } from "node:fs"
import type { RedisScript } from "./Redis.ts"

interface Types {
  readonly text: string
  readonly number: number
  readonly flag: boolean
}

/** Names in their order, each with its type. In Lua `number` is a number and `flag` a boolean. */
export type Fields = Readonly<Record<string, keyof Types>>
export type Values<F extends Fields> = { readonly [Name in keyof F]: Types[F[Name]] }
type RowFields = Readonly<Record<string, Fields>>

/** A file of Lua with functions for several scripts, the files that it needs, and what it takes from the prelude. */
export interface LuaPart<Key extends string> {
  readonly file: string
  readonly uses?: ReadonlyArray<LuaPart<Key>>
  readonly keys?: ReadonlyArray<Key>
  readonly constants?: Readonly<Record<string, string | number>>
}

export interface LuaDeclaration<Key extends string, Args extends Fields, Rows extends RowFields> extends LuaPart<Key> {
  /**
   * `allow-oom`: runs while the server is out of memory, since what waits must be able to leave. `no-writes`: changes
   * nothing. Without a flag such a server refuses the script before it did anything.
   */
  readonly flag?: "allow-oom" | "no-writes"
  readonly args?: Args
  /** What follows the arguments, in any number. A row `entry` is read by `nextEntry()`, which returns its fields. */
  readonly rows?: Rows
}

/** A script that takes keys, arguments and rows by name: in Lua each is a local that the prelude declares. */
export interface LuaScript<Key extends string, Args extends Fields, Rows extends RowFields> extends RedisScript {
  readonly keys: ReadonlyArray<Key>
  /** The generated lines before the files. */
  readonly prelude: string
  readonly files: ReadonlyArray<URL>
  readonly call: (values: Values<Args>) => LuaCall<Key, Rows>
}

/** One call of a script: its keys by name, and its arguments in the order of the declaration. */
export class LuaCall<Key extends string, Rows extends RowFields = RowFields> {
  readonly args: Array<string | number> = []
  readonly script: RedisScript & { readonly keys: ReadonlyArray<Key> }
  readonly #rows: ReadonlyMap<keyof Rows, ReadonlyArray<string>>

  constructor(script: LuaCall<Key>["script"], rows: ReadonlyMap<keyof Rows, ReadonlyArray<string>>) {
    this.script = script
    this.#rows = rows
  }

  add<Row extends keyof Rows>(row: Row, values: Values<Rows[Row]>): void {
    this.push(this.#rows.get(row) ?? [], values)
  }

  push(names: ReadonlyArray<string>, values: Readonly<Record<string, string | number | boolean>>): void {
    for (const name of names) {
      const value = values[name] ?? ""
      this.args.push(typeof value === "boolean" ? Number(value) : value)
    }
  }
}

/** The one place that reads the time: the server's, in milliseconds. */
const clock = `local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

const locals = (names: ReadonlyArray<string>, values: ReadonlyArray<string>): string =>
  names.length === 0 ? "" : `local ${names.join(", ")} = ${values.join(", ")}\n`

const typed: Readonly<Record<keyof Types, (value: string) => string>> = {
  text: (value) => value,
  number: (value) => `tonumber(${value})`,
  flag: (value) => `${value} == "1"`
}

const reader = (row: string, fields: Fields): string => {
  const types = Object.values(fields)
  const values = types.map((type, index) => typed[type](index === 0 ? "values[at]" : `values[at + ${index}]`))
  return `local function next${row.charAt(0).toUpperCase()}${row.slice(1)}()
  local at = cursor
  cursor = at + ${types.length}
  return ${values.join(", ")}
end
`
}

const partsOf = <Key extends string>(part: LuaPart<Key>): ReadonlyArray<LuaPart<Key>> => [
  ...new Set([...(part.uses ?? []).flatMap((used) => partsOf(used)), part])
]

/** Makes scripts of files in `folder`, each after those that it uses. Errors name `<scope>.<file>`. */
export const luaScripts = <Key extends string>(scope: string, folder: URL) =>
<
  const Args extends Fields = Record<never, never>,
  const Rows extends RowFields = Record<never, never>
>(declared: LuaDeclaration<Key, Args, Rows>): LuaScript<Key, Args, Rows> => {
  const parts = partsOf(declared)
  const keys = [...new Set(parts.flatMap((part) => part.keys ?? []))]
  const constants = new Map(parts.flatMap((part) => Object.entries(part.constants ?? {})))
  const args: Fields = declared.args ?? {}
  const names = Object.keys(args)
  const rows = Object.entries<Fields>(declared.rows ?? {})
  const prelude = [
    `#!lua${declared.flag === undefined ? "" : ` flags=${declared.flag}`}\n`,
    clock,
    locals(keys, keys.map((_, index) => `KEYS[${index + 1}]`)),
    locals([...constants.keys()], Array.from(constants.values(), (value) => JSON.stringify(value))),
    locals(names, Object.values(args).map((type, index) => typed[type](`ARGV[${index + 1}]`))),
    rows.length === 0 ? "" : `local values, cursor = ARGV, ${names.length + 1}\n`,
    ...rows.map(([row, fields]) => reader(row, fields))
  ].join("")
  const files = parts.map(({ file }) => new URL(`${file}.lua`, folder))
  const rowNames = new Map<keyof Rows, ReadonlyArray<string>>(
    rows.map(([row, fields]) => [row, Object.keys(fields)])
  )
  const script: LuaScript<Key, Args, Rows> = {
    name: `${scope}.${declared.file}`,
    keys,
    prelude,
    files,
    lua: prelude + files.map((file) => readFileSync(file, "utf8")).join(""),
    call: (values) => {
      const call = new LuaCall<Key, Rows>(script, rowNames)
      call.push(names, values)
      return call
    }
  }
  return script
}
