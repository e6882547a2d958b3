import { Effect, Option } from "effect"
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"
import { tools } from "../../scripts/stack/Tools.ts"
import { notTried } from "./needs.ts"

/** The tool for want of which a test was skipped. */
const lacks = (test: TestCase): string | undefined => {
  let above: TestSuite | TestModule = test.parent
  while (above.type === "suite") {
    if (above.name.startsWith(notTried)) return above.name.slice(notTried.length)
    above = above.parent
  }
  return undefined
}

/** Says first what servers of this machine the tests run on, and last what was not tried here and how to try it. */
export class MachineReporter implements Reporter {
  private readonly inCi: boolean
  private readonly found = Option.getOrUndefined(Effect.runSync(Effect.option(tools)))

  constructor(inCi: boolean) {
    this.inCi = inCi
  }

  onTestRunStart() {
    if (this.found === undefined) return
    const { clients, openbao, postgresVersions, redisFlavours } = this.found
    const servers = [
      ...Object.values(postgresVersions).map(({ version }) => `PostgreSQL ${version}`).sort(),
      ...Object.values(redisFlavours).map(({ flavour, version }) => `${flavour} ${version}`),
      ...(openbao === null ? [] : ["OpenBao"])
    ]
    this.say(
      `Tested on: ${servers.join(", ")}; Node.js ${process.versions.node}; with ${Object.keys(clients).join(", ")}.`
    )
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>) {
    const missing = this.found?.missing ?? []
    if (missing.length === 0) return
    const counts = new Map<string, number>()
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const tool = lacks(test)
        if (tool !== undefined) counts.set(tool, (counts.get(tool) ?? 0) + 1)
      }
    }
    this.say("Not tried here:")
    for (const { because, get, tool } of missing) {
      this.say(
        `  ${tool}, ${
          counts.get(tool) ?? 0
        } tests skipped, because ${because}; to try it, ${get} and run the tests again.`
      )
    }
    if (!this.inCi) return
    this.say("This is CI (CI=true), where all of it must be there: the run fails.")
    process.exitCode = 1
  }

  private say(line: string) {
    process.stdout.write(`${line}\n`)
  }
}
