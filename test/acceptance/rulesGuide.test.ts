import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../scripts/stack/Paths.ts"
import { freshClone } from "../support/freshClone.ts"
import { start } from "../support/startCommand.ts"

const page = readFileSync(join(repository, "docs/RULES.md"), "utf8")

/** The commands of a section, as they stand there. */
const commandsOf = (section: string): string => {
  const [, text = ""] = page.split(`\n## ${section}\n`)
  const [own = ""] = text.split("\n## ")
  return [...own.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block).join("\n")
}

describe("docs/RULES.md, followed by a newcomer on a stack with the sample events", () => {
  it.live("leads from an empty file to a rule that is tested, tried, in force, explained and silenced", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: "all" })
      const stack = yield* start(clone)
      yield* stack.start
      const said = yield* clone.shell(`set -e -o pipefail\n${commandsOf("Ten minutes")}`)
      assert.include(said, "1 test, 1 passed.")
      assert.include(said, "1 rule: 0 errors, 0 warnings.")
      assert.match(said, /\d+ of \d+ events read/)
      assert.include(said, "Nothing was changed (--dry-run).")
      assert.include(said, "In force: 1 alerter")
      assert.match(said, /core-1 +forwarded +link-down +NetOps +Interface Gi0\/2, changed state to down/)
      assert.include(said, "It was forwarded: Rule")
      assert.match(said, /would have held back [1-9]\d* events?/)
      assert.match(said, /core-1 +suppressed +link-down +NetOps +Interface Gi0\/3, changed state to down/)
      assert.match(said, /\n1 +now .* core-1 .* new line card/)

      const git =
        "git init -q && git -c user.name=ann -c user.email=ann@example.com commit -qm 'Page NetOps for links' --allow-empty"
      const inCi = yield* clone.shell(
        `set -e -o pipefail\nmutt() { npm run --silent mutt -- "$@"; }\n${git}\n${commandsOf("From git, in CI")}`
      )
      assert.include(inCi, "No event would be decided otherwise.")
      assert.include(readFileSync(join(clone.folder, "rules-report.xml"), "utf8"), "a link that goes down pages NetOps")
    }))
})
