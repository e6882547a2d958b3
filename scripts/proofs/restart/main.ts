// Restarts all programs one after the other under load, behind balancers, and says what their senders noticed.
import { Console } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { programNames } from "../../stack/Program.ts"
import { printProofs } from "../Proof.ts"
import { options } from "./options.ts"
import { drained, undrained } from "./restartAll.ts"

runScript(options, function*({ drain, json, rate, rounds }) {
  const tell = (words: string) => Console.error(words)
  const proof = yield* drained({ rate, tell, drainSeconds: drain, rounds, programs: programNames })
  const control = yield* undrained({ rate, tell, drainSeconds: 0, rounds: 1, programs: ["ingestor", "web-ui"] })
  yield* printProofs([proof, control], json)
})
