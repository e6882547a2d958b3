import { Option, Record } from "effect"
import { Flag } from "effect/cli"

/** Gives a flag the value that it has where it is not given, and says so. */
const otherwise = <A, const B extends string | number | undefined>(flag: Flag.Flag<A>, does: string, standard: B) =>
  flag.pipe(
    Flag.withDefault(standard),
    Flag.withDescription(standard === undefined ? does : `${does} (default ${standard})`)
  )

export const text = <const B extends string | undefined>(name: string, metavar: string, does: string, standard: B) =>
  otherwise(Flag.String(name).pipe(Flag.withMetavar(metavar)), does, standard)

export const choice = <const Choice extends string, const B extends Choice | undefined>(
  name: string,
  choices: ReadonlyArray<Choice>,
  does: string,
  standard: B
) => otherwise(Flag.Literals(name, choices).pipe(Flag.withMetavar("KIND")), does, standard)

/** What is no such number is refused: a proof of `NaN` rounds would do nothing, and hold. */
const number = (name: string, wanted: string, fits: (value: number) => boolean) =>
  Flag.String(name).pipe(
    Flag.withMetavar("N"),
    Flag.filterMap((text) => {
      const value = text.trim() === "" ? Number.NaN : Number(text)
      return fits(value) ? Option.some(value) : Option.none()
    }, () => `Expected ${wanted}`)
  )

/** A whole number: 1 or more, if `least` does not say otherwise. */
export const whole = <const B extends number | undefined>(name: string, does: string, standard: B, least = 1) =>
  otherwise(
    number(name, `a whole number of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least),
    does,
    standard
  )

/** A length of time or a factor, which may have a fraction. */
export const positive = <const B extends number | undefined>(name: string, does: string, standard: B) =>
  otherwise(number(name, "a number above 0", (value) => Number.isFinite(value) && value > 0), does, standard)

/** Parts of a whole, the flag again for each. */
export const ratios = (name: string, does: string, standard: ReadonlyArray<number>) =>
  number(name, "a number from 0 to 1", (value) => value >= 0 && value <= 1).pipe(
    Flag.atLeast(0),
    Flag.map((given) => given.length === 0 ? standard : given),
    Flag.withDescription(`${does}; again for several (default ${standard.join(" and ")})`)
  )

/** Reads names with commas between, all of which must be known. */
export const namesOf = <Name extends string>(known: ReadonlyArray<Name>) => (text: string) => {
  const given = text.split(",")
  const found = given.flatMap((one) => known.filter((name) => name === one))
  return found.length === given.length ? Option.some(found) : Option.none()
}

export const expectedOf = (known: ReadonlyArray<string>) => (): string =>
  `Expected one of these, or several with commas between: ${known.join(", ")}`

/** Some of these names, with commas between or the flag again; `undefined` where it is not given. */
export const some = <const Name extends string>(name: string, does: string, known: ReadonlyArray<Name>) =>
  named(name, `${does}: ${known.join(", ")}`, known)

/** The same with the meaning of each name. */
export const someOf = <const Name extends string>(
  name: string,
  does: string,
  known: Readonly<Record<Name, string>>
) => {
  const names = Record.keys(known)
  const width = Math.max(...names.map((name) => name.length))
  return named(name, [`${does}:`, ...names.map((name) => `${name.padEnd(width)}  ${known[name]}`)].join("\n"), names)
}

const named = <Name extends string>(name: string, does: string, known: ReadonlyArray<Name>) =>
  Flag.String(name).pipe(
    Flag.withMetavar("LIST"),
    Flag.filterMap(namesOf(known), expectedOf(known)),
    Flag.atLeast(0),
    Flag.map((lists) => lists.length === 0 ? undefined : lists.flat()),
    Flag.withDescription(does)
  )

export const toggle = (name: string, does: string) =>
  Flag.Boolean(name).pipe(Flag.withDefault(false), Flag.withoutNegation, Flag.withDescription(does))

export const json = toggle("json", "Print JSON instead of text")

/** What chance decides follows from it. */
export const seed = whole("seed", "What chance decides follows from it", 1, 0)
