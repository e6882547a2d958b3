import { Effect, Exit, type Scope } from "effect"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { clocksIn } from "../../../test/support/clocks.ts"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import type { MoogStandIn } from "../../../test/support/moogStandIn.ts"
import { networkLink } from "../../../test/support/networkLink.ts"
import type { PostgresServer, RedisServer } from "../../../test/support/servers.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import { answersReady } from "../../stack/Supervisor.ts"
import { type Links, makeMember, type Member } from "./Member.ts"
import { configure, conservationRules, impatience, settings, type StackRule, storeRules } from "./setUp.ts"

/** The four programs as processes, with servers of their own and a platform that plays its part in this process. */
export interface Stack {
  /** Of the first of each. */
  readonly urls: Readonly<Record<ProgramName | "platform", string>>
  readonly members: Readonly<Record<ProgramName, ReadonlyArray<Member>>>
  readonly keys: { readonly ingest: string; readonly viewer: string; readonly operator: string }
  readonly moog: MoogStandIn
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  /** What the programs did unasked, such as ending by themselves. */
  readonly surprises: () => ReadonlyArray<string>
  /** Where their logs are. */
  readonly logs: string
}

const awaitReady = (url: string): Effect.Effect<void> =>
  Effect.flatMap(
    answersReady(url),
    (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("50 millis"), awaitReady(url))
  )

export const everyMember = ({ members }: Pick<Stack, "members">): ReadonlyArray<Member> =>
  programNames.flatMap((name) => members[name])

/** Waits until all programs that are meant to run can do their job. */
export const allReady = (stack: Stack, but: ReadonlyArray<Member> = []): Effect.Effect<void, Error> =>
  Effect.forEach(
    everyMember(stack).filter((member) => !but.includes(member)),
    ({ instance, url }) =>
      awaitReady(url).pipe(
        Effect.timeoutOrElse({
          duration: "60 seconds",
          orElse: () => Effect.fail(new Error(`${instance} was not ready within a minute; its log is in ${stack.logs}`))
        })
      ),
    { concurrency: "unbounded", discard: true }
  )

let stacks = 0

export const makeStack = Effect.fnUntraced(function*(
  options: { readonly replicas?: number; readonly rules?: ReadonlyArray<StackRule> } = {}
): Effect.fn.Return<Stack, unknown, Scope.Scope> {
  const logs = join(stateFolder, "logs", `conservation-${process.pid}-${++stacks}`)
  mkdirSync(logs, { recursive: true })
  yield* Effect.addFinalizer((exit) =>
    Effect.sync(() => Exit.isSuccess(exit) ? rmSync(logs, { recursive: true, force: true }) : undefined)
  )
  const clocks = clocksIn(logs)
  const links = new Map<string, Links>()
  const { keys, moog, postgres, redis, replicas, urls } = yield* fourPrograms({
    replicas: options.replicas ?? 1,
    database: storeRules(options.rules ?? conservationRules),
    settings: impatience,
    settingsOf: Effect.fnUntraced(function*(instance, ports) {
      const clock = yield* clocks.environmentOf(instance)
      if (!instance.endsWith("-2")) return clock
      const own = { redis: yield* networkLink(ports.redis), postgres: yield* networkLink(ports.postgres) }
      links.set(instance, own)
      return { ...clock, REDIS_PORT: String(own.redis.port), DB_PORT: String(own.postgres.port) }
    }),
    logs
  })
  const surprises: Array<string> = []
  const membersOf = (name: ProgramName) =>
    Effect.forEach(
      replicas[name],
      (program) =>
        makeMember(program, {
          clock: clocks.fileOf(program.instance),
          links: links.get(program.instance),
          surprise: (what) => surprises.push(what)
        })
    )
  const members = {
    "web-ui": yield* membersOf("web-ui"),
    "moog-forwarder": yield* membersOf("moog-forwarder"),
    alerter: yield* membersOf("alerter"),
    ingestor: yield* membersOf("ingestor")
  }
  yield* configure(urls["web-ui"], keys.admin, settings)
  return { urls, members, keys, moog, postgres, redis, surprises: () => surprises, logs }
})
