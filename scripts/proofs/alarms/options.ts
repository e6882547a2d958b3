import { Flag } from "effect/cli"
import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import { ways } from "./ways.ts"

export const options = script(
  "alarm-proof",
  `A real stack, a real Prometheus, ${ways.length} ways to break it. Each must fire its alert within its \`for\` and a minute, and no
other page. The \`for\` of every rule is made shorter by one factor, as there is one of two hours; nothing else is changed.`,
  {
    factor: flags.positive("factor", "What each `for` is multiplied by; so a minute becomes a second", 0.0167),
    only: flags.text("only", "TEXT", "Only the ways with this text in their name", undefined).pipe(
      Flag.filter(
        (text = "") => ways.some(({ name }) => name.includes(text)),
        () => `Expected a part of one of these: ${ways.map(({ name }) => name).join(", ")}`
      )
    ),
    json: flags.json
  }
)
