import { Effect } from "effect"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import type { Posting } from "../conservation/Ledger.ts"
import type { Proof } from "../Proof.ts"
import { allReady, type Harness, makeHarnessOf, readiness, restart, timeToReady } from "../rotation/Harness.ts"
import { type Journal, makeJournal } from "../rotation/Journal.ts"
import type { Tell } from "../rotation/manualRotations.ts"
import { underLoad } from "../rotation/traffic.ts"
import { rotationWorks, settingWorks } from "./checkMixture.ts"
import type { Release } from "./Release.ts"
import { makeVersions, migrateBy, schemaOf, type Versions } from "./Versions.ts"

/** Every order in which the programs may become new; the one of docs/UPGRADING.md comes first. */
export const orders: ReadonlyArray<ReadonlyArray<ProgramName>> = (() => {
  const from = (done: ReadonlyArray<ProgramName>): ReadonlyArray<ReadonlyArray<ProgramName>> => {
    const left = programNames.filter((name) => !done.includes(name))
    return left.length === 0 ? [done] : left.flatMap((name) => from(done.concat(name)))
  }
  return from([])
})()

/** So many of them, spread over all. */
export const someOrders = (count: number): ReadonlyArray<ReadonlyArray<ProgramName>> =>
  Array.from(
    { length: Math.min(count, orders.length) },
    (_, index) => orders[Math.floor(index * orders.length / Math.min(count, orders.length))] ?? []
  )

interface Options {
  readonly old: Release
  readonly new: Release
  readonly orders: ReadonlyArray<ReadonlyArray<ProgramName>>
  readonly tell: Tell
}

interface World extends Options {
  readonly harness: Harness
  readonly versions: Versions
  readonly journal: Journal
}

/** Takes both processes of a program to a release, one after the other, each out of the balancer before. */
const roll = Effect.fnUntraced(function*({ harness, versions }: World, name: ProgramName, to: Release) {
  const problems: Array<string> = []
  for (const [index, program] of harness.replicas[name].entries()) {
    yield* versions.set(name, index + 1, to)
    const ready = yield* restart(harness, program, 60_000)
    if (ready === undefined) {
      problems.push(`${program.instance} of ${to.revision} is not ready: ${yield* readiness(program)}`)
    }
  }
  return problems
})

/** A new program on the schema of before waits, says what to run, and works when that was run, by itself. */
const schemaFirst = Effect.fnUntraced(function*(world: World) {
  const { harness, tell, versions } = world
  const [alerter] = harness.replicas.alerter
  if (alerter === undefined) return ["there is no alerter"]
  yield* tell("a new alerter on the schema of before")
  yield* versions.set("alerter", 1, world.new)
  yield* alerter.stop
  yield* alerter.begin
  const problems: Array<string> = []
  if ((yield* timeToReady(alerter, 5_000)) !== undefined) problems.push("a new alerter works on the schema of before")
  if (!(yield* readiness(alerter)).includes("run mutt migrate")) problems.push("it does not say what to run")
  yield* tell((yield* migrateBy(world.new, harness.postgres)).trim())
  if ((yield* timeToReady(alerter, 30_000)) === undefined) {
    problems.push(`a new alerter does not work after mutt migrate: ${yield* readiness(alerter)}`)
  }
  return [...problems, ...yield* roll(world, "alerter", world.old)]
})

/**
 * The programs of one release become those of the next and back, in each of the orders, two processes of each, with
 * 500 events a second. In each mixture a setting is changed, and in each that is met for the first time both passwords.
 */
export const upgrade = Effect.fnUntraced(function*(options: Options) {
  const { old, orders, tell } = options
  const versions = yield* makeVersions(old)
  const harness = yield* makeHarnessOf("upgrade", { bundle: versions.bundle, schema: schemaOf(old) })
  const world: World = { ...options, harness, versions, journal: yield* makeJournal(harness.accounts.sql) }
  const proofs: Array<Proof> = []
  const rotated = new Set<string>()
  let postings: ReadonlyArray<Posting> = []
  let turn = 0

  let requests = 0
  const { send } = harness.balancers.ingestor
  const counting = {
    ...harness.balancers.ingestor,
    send: <A>(one: (url: string) => Promise<A>) => (requests++, send(one))
  }
  const loaded = { ...harness, balancers: { ...harness.balancers, ingestor: counting } }

  const step = Effect.fnUntraced(function*(name: ProgramName, to: Release, isNew: Set<ProgramName>) {
    const problems = [...yield* roll(world, name, to)]
    if (to === old) isNew.delete(name)
    else isNew.add(name)
    const mixture = programNames.filter((one) => isNew.has(one)).join(" + ") || "none"
    turn++
    problems.push(...yield* settingWorks(harness, turn))
    if (!rotated.has(mixture)) {
      rotated.add(mixture)
      problems.push(...yield* rotationWorks(harness, world.journal, turn))
    }
    return problems.map((problem) => `new: ${mixture}: ${problem}`)
  })

  const under = Effect.fnUntraced(function*<E>(what: string, work: Effect.Effect<ReadonlyArray<string>, E>) {
    const before = { requests, postings: postings.length, turn, rotated: rotated.size }
    const { postings: all, result, traffic } = yield* underLoad(loaded, proofs.length + 1, postings, work)
    postings = all
    proofs.push({
      what,
      figures: {
        "mixtures": turn - before.turn,
        "mixtures met for the first time, with a rotation of both passwords": rotated.size - before.rotated,
        "requests to the ingestors": requests - before.requests,
        "events": traffic.posted,
        "events not answered 2xx": postings.slice(before.postings).filter(({ accepted }) => !accepted).length,
        "reads of the web-ui": traffic.reads,
        "deliveries repeated, since the start": traffic.repeats
      },
      problems: [...result, ...traffic.problems]
    })
    yield* allReady(harness)
  })

  yield* under("Migrate first", schemaFirst(world))
  for (const [index, order] of orders.entries()) {
    const work = Effect.gen(function*() {
      const isNew = new Set<ProgramName>()
      const problems: Array<string> = []
      for (const name of order) problems.push(...yield* step(name, world.new, isNew))
      for (const name of order.toReversed()) problems.push(...yield* step(name, old, isNew))
      return problems
    })
    yield* tell(`${index + 1} of ${orders.length}: ${order.join(", ")}, and back`)
    yield* under(`${order.join(", ")}, and back`, work)
  }
  return proofs
})

/** All of them in one. */
export const summed = (proofs: ReadonlyArray<Proof>): Proof => {
  const figures: Record<string, number> = {}
  for (const proof of proofs) {
    for (const [name, value] of Object.entries(proof.figures)) figures[name] = (figures[name] ?? 0) + value
  }
  const name = "deliveries repeated, since the start"
  return {
    what: "Two releases side by side",
    figures: { ...figures, [name]: proofs.at(-1)?.figures[name] ?? 0 },
    problems: proofs.flatMap(({ problems, what }) => problems.map((problem) => `${what}: ${problem}`))
  }
}
