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

/** Every order that begins so. */
const ordersFrom = (done: ReadonlyArray<ProgramName>): ReadonlyArray<ReadonlyArray<ProgramName>> => {
  const left = programNames.filter((name) => !done.includes(name))
  return left.length === 0 ? [done] : left.flatMap((name) => ordersFrom(done.concat(name)))
}

/**
 * Every order in which the programs may become new. The one of docs/UPGRADING.md comes first, and each that follows
 * begins with another program than the one before, so that the first few meet most mixtures.
 */
export const orders: ReadonlyArray<ReadonlyArray<ProgramName>> = (() => {
  const groups = programNames.map((name) => ordersFrom([name]))
  const count = groups.reduce((sum, group) => sum + group.length, 0)
  return Array.from({ length: count }, (_, at) => groups[at % groups.length]?.[Math.floor(at / groups.length)] ?? [])
})()

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

/** Orders that share servers: what was posted is looked through after each, and should not get too much. */
const ordersOfOneStack = 6

/** Orders on servers of their own. `rotated`: mixtures in which passwords were rotated. */
const onOneStack = Effect.fnUntraced(function*(options: Options, rotated: Set<string>) {
  const { old, orders, tell } = options
  const versions = yield* makeVersions(old)
  const harness = yield* makeHarnessOf("upgrade", { bundle: versions.bundle, schema: schemaOf(old) })
  const world: World = { ...options, harness, versions, journal: yield* makeJournal(harness.accounts.sql) }
  const proofs: Array<Proof> = []
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
    const before = {
      requests,
      postings: postings.length,
      turn,
      rotated: rotated.size,
      repeats: yield* harness.repeats
    }
    const { postings: all, result, traffic } = yield* underLoad(loaded, proofs.length + 1, postings, work)
    postings = all
    const figures = {
      "mixtures": turn - before.turn,
      "mixtures met for the first time, with a rotation of both passwords": rotated.size - before.rotated,
      "requests to the ingestors": requests - before.requests,
      "events": traffic.posted,
      "events not answered 2xx": postings.slice(before.postings).filter(({ accepted }) => !accepted).length,
      "reads of the web-ui": traffic.reads,
      "deliveries repeated": traffic.repeats - before.repeats
    }
    const problems = [...result, ...traffic.problems]
    proofs.push({ what, figures, problems })
    yield* tell(`  ${Object.entries(figures).map(([name, value]) => `${name}: ${value}`).join(", ")}`)
    for (const problem of problems) yield* tell(`  PROBLEM: ${problem}`)
    yield* allReady(harness)
  })

  yield* under("Migrate first", schemaFirst(world))
  for (const order of orders) {
    const work = Effect.gen(function*() {
      const isNew = new Set<ProgramName>()
      const problems: Array<string> = []
      for (const name of order) problems.push(...yield* step(name, world.new, isNew))
      for (const name of order.toReversed()) problems.push(...yield* step(name, old, isNew))
      return problems
    })
    yield* tell(`${order.join(", ")}, and back`)
    yield* under(`${order.join(", ")}, and back`, work)
  }
  return proofs
}, Effect.scoped)

/**
 * The programs of one release become those of the next and back, in each of the orders, two processes of each, with
 * 500 events a second. In each mixture a setting is changed, and in each that is met for the first time both passwords.
 */
export const upgrade = Effect.fnUntraced(function*(options: Options) {
  const rotated = new Set<string>()
  const proofs: Array<Proof> = []
  for (let at = 0; at < options.orders.length; at += ordersOfOneStack) {
    proofs.push(...yield* onOneStack({ ...options, orders: options.orders.slice(at, at + ordersOfOneStack) }, rotated))
  }
  return proofs
})

/** All of them in one. */
export const summed = (proofs: ReadonlyArray<Proof>): Proof => {
  const figures: Record<string, number> = {}
  for (const proof of proofs) {
    for (const [name, value] of Object.entries(proof.figures)) figures[name] = (figures[name] ?? 0) + value
  }
  return {
    what: "Two releases side by side",
    figures,
    problems: proofs.flatMap(({ problems, what }) => problems.map((problem) => `${what}: ${problem}`))
  }
}
