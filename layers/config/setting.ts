import { Config, Effect, Result, Schema } from "effect"

/** What may be shown of a setting. */
export type Shown = string | number | boolean

/** One static setting: its environment name, how it is read, and what of it may be shown (`undefined`: nothing). */
export interface Setting<A> {
  readonly name: string
  readonly config: Config.Config<A>
  readonly show: (value: A) => Shown | undefined
}

/** Settings by the field that will hold them. */
export type SettingsOf<A> = { readonly [K in keyof A]: Setting<A[K]> }

/** The program cannot start like this. Every problem is listed, not only the first. */
export class StaticConfigInvalid extends Schema.TaggedError<StaticConfigInvalid>()("StaticConfigInvalid", {
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.problems.length} setting(s) cannot be used:\n${this.problems.map((p) => `  - ${p}`).join("\n")}`
  }
}

type Reader<A> = (name: string) => Config.Config<A>

/** A setting with a default, which covers a missing value only: a malformed one is a problem. */
export const setting = <A extends Shown>(name: string, read: Reader<A>, fallback: NoInfer<A>): Setting<A> => ({
  name,
  config: read(name).pipe(Config.withDefault(fallback)),
  show: (value) => value
})

export const requiredSetting = <A extends Shown>(name: string, read: Reader<A>): Setting<A> => ({
  name,
  config: read(name),
  show: (value) => value
})

/** `undefined` when it is not given. */
export const optionalSetting = <A extends Shown>(name: string, read: Reader<A>): Setting<A | undefined> => ({
  name,
  config: read(name).pipe(Config.withDefault(undefined)),
  show: (value) => value
})

/** Whole numbers from `minimum` to `maximum`. */
export const between = (minimum: number, maximum: number): Reader<number> => (name) =>
  Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum })),
    name
  )

/** `true` and `false` in any case, `yes`, `no`, `on`, `off`, `1`, `0`. */
export const flag: Reader<boolean> = (name) =>
  Config.schema(Schema.Literals([...yes, ...no]), name).pipe(Config.map((text) => yes.some((word) => word === text)))

const yes = ["true", "True", "TRUE", "1", "yes", "on"] as const
const no = ["false", "False", "FALSE", "0", "no", "off"] as const

/** Reads all settings; the problems of all of them are added to `problems`, and then the value is `undefined`. */
export const readSettings = <A extends Readonly<Record<string, unknown>>>(
  settings: SettingsOf<A>,
  problems: Array<string>,
  shown: Record<string, Shown>
): Effect.Effect<A | undefined> =>
  Effect.gen(function*() {
    const values: Partial<Record<keyof A, unknown>> = {}
    let complete = true
    for (const field of Object.keys(settings) as Array<keyof A>) {
      const { config, name, show } = settings[field]
      const result = yield* Effect.result(config)
      if (Result.isFailure(result)) {
        complete = false
        problems.push(problemOf(name, result.failure))
      } else {
        values[field] = result.success
        const visible = show(result.success)
        if (visible !== undefined) shown[name] = visible
      }
    }
    return complete ? values as A : undefined
  })

const problemOf = (name: string, error: Config.ConfigError): string => {
  const text = error.cause.message.replaceAll(/\s*\n\s*at \[.*\]\s*/g, "").trim()
  return /missing key|undefined/i.test(text) ? `${name} is not set.` : `${name}: ${text}.`
}
