import { Effect, Fiber } from "effect"
import { connect } from "node:net"
import { fourPrograms, type RunningProgram } from "../../../test/support/fourPrograms.ts"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import { awaitDrained, readBooks } from "../conservation/findings.ts"
import type { Proof } from "../Proof.ts"
import { type Balancer, makeBalancer } from "./Balancer.ts"
import { load, type Outcomes } from "./load.ts"

export interface Restarts {
  readonly drainSeconds: number
  readonly rate: number
  readonly rounds: number
  readonly programs: ReadonlyArray<ProgramName>
  readonly tell: (words: string) => Effect.Effect<void>
}

/** What a sender of syslog over TCP has to say while the ingestor that it knows is draining. */
const sayBySyslog = (port: number): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const socket = connect(
      { port, host: "127.0.0.1" },
      () => socket.end("<134>1 - switch-1 app - - - while draining\n")
    )
    socket.on("error", () => resume(Effect.succeed(false)))
    socket.on("close", () => resume(Effect.succeed(true)))
    socket.resume()
  })

const until = (look: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => look() ? Effect.void : Effect.andThen(Effect.sleep("20 millis"), until(look)))

/** As somebody does who looks at the balancer before the next one. */
const restart = (program: RunningProgram, balancer: Balancer, whileDraining: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const draining = yield* Effect.forkChild(
      Effect.andThen(until(() => !balancer.holdsReady(program.url)), whileDraining)
    )
    yield* program.stop
    yield* Fiber.interrupt(draining)
    yield* program.start
    yield* until(() => balancer.holdsReady(program.url))
  })

/** Restarts all replicas one after the other under load, and says what their senders noticed. */
export const restartAll = ({ drainSeconds, programs, rate, rounds, tell }: Restarts) =>
  Effect.gen(function*() {
    const four = yield* fourPrograms({
      replicas: 2,
      settings: { SHUTDOWN_DRAIN_SECONDS: String(drainSeconds) }
    })
    const balancerOf = (name: ProgramName) => makeBalancer(four.replicas[name].map(({ url }) => url))
    const balancers = {
      ingestor: yield* balancerOf("ingestor"),
      alerter: yield* balancerOf("alerter"),
      "moog-forwarder": yield* balancerOf("moog-forwarder"),
      "web-ui": yield* balancerOf("web-ui")
    }
    const { outcomes, settled } = yield* load({ balancers, keys: four.keys, rate })
    let [said, begun] = [0, 0]
    const bySyslog = Effect.gen(function*() {
      begun++
      if (yield* sayBySyslog(four.syslog.tcp)) said++
    })
    for (let round = 1; round <= rounds; round++) {
      for (const name of programs) {
        for (const program of four.replicas[name]) {
          yield* tell(`drain ${drainSeconds} s, round ${round}: ${program.instance}`)
          yield* restart(program, balancers[name], program.instance === "ingestor-1" ? bySyslog : Effect.void)
        }
      }
    }
    yield* settled
    const books = {
      urls: {
        platform: four.moog.url,
        ingestor: four.programs.ingestor.url,
        alerter: four.programs.alerter.url,
        "moog-forwarder": four.programs["moog-forwarder"].url,
        "web-ui": four.programs["web-ui"].url
      },
      keys: { ingest: four.keys.ingest, viewer: four.keys.viewer },
      postgres: four.postgres,
      redis: four.redis
    }
    const drained = yield* awaitDrained(books, 60_000)
    const { events } = yield* readBooks(books)
    return {
      outcomes,
      restarts: rounds * programs.length * 2,
      said,
      begun,
      drained,
      accepted: events.accepted,
      balanced: events.difference === 0
    }
  }).pipe(Effect.scoped)

const all = (outcomes: Outcomes) => programNames.flatMap((name) => Array.from(outcomes[name]))
const sum = (outcomes: Outcomes, wanted: (outcome: number | string) => boolean) =>
  all(outcomes).reduce((sum, [outcome, count]) => wanted(outcome) ? sum + count : sum, 0)
const isGood = (outcome: number | string) => typeof outcome === "number" && outcome >= 200 && outcome < 300

/** Restarts with a drain: nobody notices. */
export const drained = (restarts: Restarts): Effect.Effect<Proof, unknown> =>
  Effect.map(restartAll(restarts), ({ accepted, balanced, begun, drained, outcomes, restarts: done, said }) => {
    const good = sum(outcomes, isGood)
    const posted = [...outcomes.ingestor].reduce((sum, [outcome, count]) => isGood(outcome) ? sum + count : sum, 0)
    const broken = all(outcomes).filter(([outcome]) => !isGood(outcome))
    return {
      what: `Restarts with SHUTDOWN_DRAIN_SECONDS=${restarts.drainSeconds} are noticed by nobody`,
      figures: {
        restarts: done,
        "requests answered 2xx": good,
        "connections refused or cut": sum(outcomes, (outcome) => typeof outcome === "string"),
        "answers that are not 2xx": sum(outcomes, (outcome) => typeof outcome === "number" && !isGood(outcome)),
        "syslog senders taken while draining": said,
        "events in the books": accepted
      },
      problems: [
        ...broken.map(([outcome, count]) => `${count} requests ended with ${outcome}`),
        ...(said < begun ? [`${begun - said} senders of syslog were refused while the ingestor was draining`] : []),
        ...(drained && balanced ? [] : ["the books do not balance"]),
        ...(accepted === posted + said ? [] : [`${posted + said} events were taken in, and the books have ${accepted}`])
      ]
    }
  })

/** The same without: some are refused, or the balancer would not need to be told. */
export const undrained = (restarts: Restarts): Effect.Effect<Proof, unknown> =>
  Effect.map(restartAll(restarts), ({ outcomes, restarts: done }) => {
    const bad = sum(outcomes, (outcome) => !isGood(outcome))
    return {
      what: "The control, without a drain, is noticed",
      figures: { restarts: done, "requests answered 2xx": sum(outcomes, isGood), "requests that failed": bad },
      problems: bad > 0 ? [] : ["no request failed, so the proof above proves nothing"]
    }
  })
