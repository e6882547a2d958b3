import { RuleTrial, type TrialAnswer, type TrialRequest } from "./RuleTrial.ts"

// Keeps the page quick while large rule sets are compiled.
const trials = new RuleTrial()

const answer = (answer: TrialAnswer) => postMessage(answer)

addEventListener("message", ({ data }: MessageEvent<TrialRequest>) => {
  if (data.is === "rules") return trials.learn(data.ruleSet)
  if (data.is === "mark") {
    const marks = trials.mark(data.draft, data.events, data.at)
    return answer({ id: data.id, ...(typeof marks === "string" ? { refused: marks } : { marks }) })
  }
  const trial = trials.try(data.draft, data.event, data.at)
  answer({ id: data.id, ...(typeof trial === "string" ? { refused: trial } : { trial }) })
})
