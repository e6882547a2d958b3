import { Config, ConfigProvider, Effect, Result, Schema } from "effect"

export type Shown = string | number | boolean

/** One static setting. */
export interface Setting<A> {
  /** Of its environment variable. */
  readonly name: string
  readonly config: Config.Config<A>
  /** What `/admin/config` shows; `undefined`: nothing. */
  readonly show: (value: A) => Shown | undefined
}

/** Settings by the field that will hold them. */
export type SettingsOf<A> = { readonly [K in keyof A]: Setting<A[K]> }
export type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer A> ? A : never }

/** The program cannot start like this. Every problem is listed, not only the first. */
export class EnvironmentInvalid extends Schema.TaggedError<EnvironmentInvalid>()("StaticConfigInvalid", {
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.problems.length} setting(s) cannot be used:\n${this.problems.map((p) => `  - ${p}`).join("\n")}`
  }
}

type Reader<A> = (name: string) => Config.Config<A>

export const requiredSetting = <A extends Shown>(name: string, read: Reader<A>): Setting<A> => ({
  name,
  config: read(name),
  show: (value) => value
})

/** A setting with a default, which covers a missing value only: a malformed one is a problem. */
export const setting = <A extends Shown>(name: string, read: Reader<A>, fallback: NoInfer<A>): Setting<A> => ({
  ...requiredSetting(name, read),
  config: read(name).pipe(Config.withDefault(fallback))
})

export const optionalSetting = <A extends Shown>(name: string, read: Reader<A>): Setting<A | undefined> => ({
  name,
  config: read(name).pipe(Config.withDefault(undefined)),
  show: (value) => value
})

/** Not shown: no secret, but it tells an intruder where to find one. */
export const hidden = <A>(shown: Setting<A>): Setting<A> => ({ ...shown, show: () => undefined })

/** Whole numbers from `minimum` to `maximum`. */
export const between = (minimum: number, maximum: number): Reader<number> => {
  const message = `Expected a whole number from ${minimum} to ${maximum}`
  const schema = Schema.FiniteFromString.check(
    Schema.makeFilter((n) => (Number.isInteger(n) && n >= minimum && n <= maximum) || message)
  )
  return (name) => Config.schema(schema, name)
}

/** Makes milliseconds of a setting that is written and shown in seconds. */
export const inMillis = ({ config, name }: Setting<number>): Setting<number> => ({
  name,
  config: Config.map(config, (seconds) => seconds * 1_000),
  show: (ms) => ms / 1_000
})

const words = new Map([["true", true], ["1", true], ["yes", true], ["on", true]])
for (const word of ["false", "0", "no", "off"]) words.set(word, false)
const Flag = Schema.String.check(
  Schema.makeFilter((text) => words.has(text.toLowerCase()) || "Expected true or false")
)

/** `true` or `false`, `1` or `0`, `yes` or `no`, `on` or `off`, in any case. */
export const flag: Reader<boolean> = (name) =>
  Config.schema(Flag, name).pipe(Config.map((text) => words.get(text.toLowerCase()) === true))

/** An http or https URL without a password in it; a slash at its end is dropped. */
export const httpUrl: Reader<string> = (name) =>
  Config.URL(name).pipe(
    Config.mapEffect((url) =>
      /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
        ? Effect.succeed(url.href.replace(/\/+$/, ""))
        : Effect.fail(
          new Config.ConfigError(
            new ConfigProvider.SourceError({ message: `${name} is no http or https URL without user and password` })
          )
        )
    )
  )

/**
 * Reads all settings, adds what is wrong with any of them to `problems`, and what may be shown to `shown`.
 * Answers each good value, and all of them together when all are good.
 */
export const readSettings = <A extends Readonly<Record<string, unknown>>>(
  settings: SettingsOf<A>,
  problems: Array<string>,
  shown: Record<string, Shown>
): Effect.Effect<{ readonly values: Partial<A>; readonly complete: A | undefined }> =>
  Effect.gen(function*() {
    const values: Partial<A> = {}
    let complete = true
    for (const field of Object.keys(settings) as Array<keyof A>) {
      const { config, name, show } = settings[field]
      const result = yield* Effect.result(config)
      if (Result.isFailure(result)) {
        complete = false
        problems.push(yield* problemOf(name, result.failure))
        continue
      }
      values[field] = result.success
      const visible = show(result.success)
      if (visible !== undefined) shown[name] = visible
    }
    // Every field has been assigned, which the type of a loop over fields cannot say.
    return { values, complete: complete ? values as A : undefined }
  })

const problemOf = Effect.fnUntraced(function*(name: string, error: Config.ConfigError) {
  const provider = yield* ConfigProvider.ConfigProvider
  const node = yield* Effect.orElseSucceed(provider.load([name]), () => undefined)
  if (node?.value === undefined) return `${name} is not set.`
  return `${name}: ${error.cause.message.replaceAll(/\s*\n\s*at \[.*\]\s*/g, "").trim()}.`
})
