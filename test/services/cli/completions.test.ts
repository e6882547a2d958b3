import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { commandsOf } from "../../../scripts/docs/commands.ts"
import { repository } from "../../../scripts/stack/Paths.ts"

const completions = (shell: string): string =>
  execFileSync(process.execPath, [join(repository, "scripts/mutt.ts"), "--completions", shell], { encoding: "utf8" })

const inBash = completions("bash")
const inFish = commandsOf("scripts/mutt.ts").flatMap(({ name }) => name.split(" "))

/** What bash offers after the Tab key behind these words. */
const offered = (...words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const script = `
    COMP_WORDS=(mutt ${words.join(" ")}) COMP_CWORD=${words.length} COMP_LINE="mutt ${words.join(" ")}"
    complete=$(complete -p mutt)
    complete=\${complete##*-F }
    \${complete%% *} mutt "${words.at(-1)}" "${words.at(-2) ?? "mutt"}"
    printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync("bash", ["-c", inBash + script], { encoding: "utf8" }).trim().split(/\s+/)
}

describe("mutt --completions", () => {
  it("completes commands and options in bash", () => {
    assert.includeMembers([...offered("con")], ["config"])
    assert.includeMembers([...offered("config", "se")], ["set"])
    assert.includeMembers([...offered("config", "set", "moog_rate_limit", "--re")], ["--reason"])
  })

  it.each([["bash", inBash], ["zsh", completions("zsh")], ["powershell", completions("powershell")]])(
    "knows in %s every command that it knows in fish",
    (_shell, text) => {
      assert.includeMembers(inFish, ["host-zones", "rotate", "decode"])
      assert.deepStrictEqual(inFish.filter((word) => !text.includes(word)), [])
    }
  )
})
