import type { ProgramName } from "../../stack/Program.ts"
import type { StackRule } from "./setUp.ts"

/** One of a program's replicas, from 0. */
interface Target {
  readonly program: ProgramName
  readonly replica: number
}

export type Fault =
  | { readonly _tag: "kill" } & Target
  | { readonly _tag: "freeze"; readonly forMs: number } & Target
  | { readonly _tag: "cut"; readonly server: "redis" | "postgres"; readonly forMs: number } & Target
  | { readonly _tag: "clock"; readonly offsetMs: number } & Target
  | { readonly _tag: "killRedis"; readonly downMs: number }
  | { readonly _tag: "stopPostgres"; readonly downMs: number }
  /** A new version of the rules, of which those of the run decide as before. */
  | { readonly _tag: "applyRules"; readonly rules: ReadonlyArray<StackRule> }
  /** Begun and ended over the API. */
  | { readonly _tag: "silence"; readonly hosts: ReadonlyArray<string>; readonly forMs: number }
  | { readonly _tag: "platform"; readonly how: PlatformTrouble; readonly forMs: number }

/** `timeout`: it keeps the alert and answers after the forwarder has given up, the nastiest way to fail. */
export type PlatformTrouble = "error" | "overload" | "timeout"

export const describeFault = (fault: Fault): string => {
  switch (fault._tag) {
    case "kill":
      return `kill -9 of ${fault.program}-${fault.replica + 1}`
    case "freeze":
      return `${fault.program}-${fault.replica + 1} frozen for ${fault.forMs} ms`
    case "cut":
      return `${fault.program}-${fault.replica + 1} cut off from ${fault.server} for ${fault.forMs} ms`
    case "clock":
      return `the clock of ${fault.program}-${fault.replica + 1} set wrong by ${fault.offsetMs / 1_000} s`
    case "killRedis":
      return `kill -9 of Redis, down for ${fault.downMs} ms`
    case "stopPostgres":
      return `PostgreSQL down for ${fault.downMs} ms`
    case "applyRules":
      return `${fault.rules.length} rules applied`
    case "silence":
      return `${fault.hosts.length} hosts silenced for ${fault.forMs} ms`
    case "platform":
      return `platform in trouble (${fault.how}) for ${fault.forMs} ms`
  }
}
