import { readFileSync } from "node:fs"
import { join } from "node:path"
import { seeded } from "../bench/Random.ts"
import { readOptions } from "../command-line/Script.ts"
import { repository } from "../stack/Paths.ts"
import { explained } from "./explained.ts"
import { type Described, describeMutant, mutated } from "./Mutant.ts"
import { options as script } from "./options.ts"
import { leastScore, promises } from "./promises.ts"
import { line, summary, type Tried, words } from "./report.ts"
import { openSandbox } from "./Sandbox.ts"
import { expand, type Tests, testsOf } from "./selection.ts"
import { mutantsIn } from "./typescript.ts"
import { openVerdicts, type Verdict } from "./Verdicts.ts"

const { seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0, ...options } = await readOptions(script)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const note = (text: string): void => void process.stderr.write(`${text}\n`)
const leave = (code: number, text: string): never => {
  say(text)
  process.exit(code)
}

/** One mutant, with the file it makes and the tests that should notice. */
interface Trial {
  readonly mutant: Described
  readonly source: string
  readonly tests: Tests
  /** It is in a script or a statement, which no type looks into. */
  readonly inText: boolean
}

const chosen = promises.filter(({ name }) => options.promise?.includes(name) ?? options.files === undefined)
const files = [...expand(options.files ?? []), ...expand(chosen.flatMap(({ files }) => files))]
if (files.length === 0) leave(2, "No source file is called so: see --files.")

const isExplained = ({ after, at, before, file }: Described) =>
  explained.some((one) => one.file === file && one.at === at && one.before === before && one.after === after)

const all = files.flatMap((file): ReadonlyArray<Trial> => {
  const source = readFileSync(join(repository, file), "utf8")
  const tests = options.tests === undefined
    ? testsOf(file, promises)
    : { files: expand(options.tests), without: undefined }
  if (tests.files.length === 0) note(`${file} has no tests of its own; name them with --tests.`)
  return tests.files.length === 0 ? [] : mutantsIn(file, source).map((mutant) => ({
    mutant: describeMutant(file, source, mutant),
    source: mutated(source, mutant),
    tests,
    inText: mutant.inText
  }))
})
const open = all.filter(({ mutant }) => !isExplained(mutant))

const random = seeded(seed)
const sample = options.sample === undefined
  ? open
  : open.map((trial) => ({ trial, order: random.next() })).toSorted((a, b) => a.order - b.order).slice(
    0,
    options.sample
  ).map(({ trial }) => trial)
const trials = sample.toSorted((a, b) => files.indexOf(a.mutant.file) - files.indexOf(b.mutant.file))

if (options.list) leave(0, trials.map(({ mutant }) => line(mutant)).join("\n"))

const sandbox = openSandbox()
process.once("exit", sandbox.remove)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130))
const verdicts = openVerdicts(options.fresh)

/**
 * How many tests there are and how long they may take: several times what they take when nothing is broken. They must
 * pass then.
 */
const known = new Map<string, { readonly tests: number; readonly limit: number }>()
const whole = async (tests: Tests) => {
  const found = known.get(tests.files.join())
  if (found !== undefined) return found
  const { failures, passed, seconds } = await sandbox.test(tests, 600_000)
  if (failures !== "") leave(2, `${failures}\nThese tests fail without a mutant already: ${tests.files.join(", ")}`)
  const measured = { tests: passed, limit: 10_000 + 4_000 * seconds }
  known.set(tests.files.join(), measured)
  return measured
}

const tryOne = async ({ inText, mutant, source, tests }: Trial): Promise<Verdict> => {
  const { limit, tests: count } = await whole(tests)
  sandbox.write(mutant.file, source)
  let outcome = await sandbox.test(tests, limit)
  // The end of the run before, which stopped at a failure, may reach into this one: then tests were left out, and it
  // says nothing.
  for (let again = 0; again < 2 && outcome.failures === "" && outcome.passed < count; again++) {
    outcome = await sandbox.test(tests, limit)
  }
  const { failures, late } = outcome
  const verdict = late ? "late" : failures !== "" ? "killed" : inText || sandbox.compiles() ? "survived" : "untyped"
  sandbox.write(mutant.file, readFileSync(join(repository, mutant.file), "utf8"))
  return verdict
}

const tried: Array<Tried> = []
for (const trial of trials) {
  const { mutant, source } = trial
  const before = verdicts.of(mutant.file, source)
  const verdict = before ?? await tryOne(trial)
  if (before === undefined) verdicts.add(mutant.file, source, verdict)
  tried.push({ mutant, verdict })
  note(`${tried.length}/${trials.length} ${before === undefined ? verdict : `${verdict} before`}  ${line(mutant)}`)
}

const result = summary(tried, all.length - open.length, seed)
say(options.json ? JSON.stringify(result) : `Seed ${seed}\n${words(result)}`)
process.exit(result.score < leastScore ? 1 : 0)
