// Looks for requests by which the APIs break their own descriptions.
import { Console } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { apiProof } from "./ApiProof.ts"
import { options } from "./options.ts"

runScript(options, function*({ examples, json, quick, seconds }) {
  const results = yield* apiProof({ seconds, examples, quick })
  for (const { text, ...result } of results) {
    yield* Console.log(json ? JSON.stringify({ ...result, ...(result.findings > 0 ? { text } : {}) }) : text)
  }
  if (results.some(({ findings }) => findings > 0)) process.exitCode = 1
})
