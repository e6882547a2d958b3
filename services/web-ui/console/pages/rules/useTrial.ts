import { useEffect, useRef, useState } from "react"
import type { TypedEvent } from "../../../../../src/decode/typedEvent.ts"
import type { CalledRule, RuleSet } from "../../../../../src/domain/Rule.ts"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { troubleOf } from "../../api/problems.ts"
import { startWorker } from "../../api/workers.ts"
import type { Trial, TrialAnswer, TrialRequest } from "../../workers/RuleTrial.ts"

/** What the tester knows. */
export type Tried =
  | { readonly is: "waiting" }
  | { readonly is: "tried"; readonly trial: Trial }
  | { readonly is: "refused"; readonly detail: string }
  /** No worker here: the server tested the saved rules, without the draft. */
  | { readonly is: "saved"; readonly sentence: string }

const quietMs = 120

/** Asks the server, which knows the saved rules alone. */
const onServer = async (event: TypedEvent, signal: AbortSignal): Promise<Tried> => {
  try {
    const { reason, rule } = await ask((api) => api.rules.test({ payload: event }), signal)
    return { is: "saved", sentence: `${rule === null ? "No rule" : `Rule ${rule.name}`} decides. ${reason}` }
  } catch (error) {
    return { is: "refused", detail: troubleOf(error).detail }
  }
}

const start = (): Worker | undefined => {
  try {
    return startWorker("rules")
  } catch {
    // Old browsers have no workers that are modules; the server tests then.
    return undefined
  }
}

/** Tests an event by the saved rules and the draft, as both are typed. */
export const useTrial = (
  ruleSet: RuleSet | undefined,
  draft: CalledRule | undefined,
  event: TypedEvent | undefined
): Tried => {
  const [tried, setTried] = useState<Tried>({ is: "waiting" })
  const [worker, setWorker] = useState<Worker | undefined | "none">(undefined)
  const asked = useRef(0)

  useEffect(() => {
    const started = start()
    setWorker(started ?? "none")
    started?.addEventListener("error", () => setWorker("none"))
    started?.addEventListener("message", ({ data }: MessageEvent<TrialAnswer>) => {
      if (data.id !== asked.current) return
      if ("trial" in data) setTried({ is: "tried", trial: data.trial })
      else if ("refused" in data) setTried({ is: "refused", detail: data.refused })
    })
    return () => started?.terminate()
  }, [])

  const send = (request: TrialRequest) => {
    if (worker !== undefined && worker !== "none") worker.postMessage(request)
  }
  useEffect(() => {
    if (ruleSet !== undefined) send({ is: "rules", ruleSet })
  }, [worker, ruleSet])

  const question = JSON.stringify([draft, event])
  useEffect(() => {
    asked.current += 1
    if (event === undefined || ruleSet === undefined || worker === undefined) return setTried({ is: "waiting" })
    const id = asked.current
    const gone = new AbortController()
    const timer = setTimeout(() => {
      if (worker === "none") {
        void onServer(event, gone.signal).then((answer) => id === asked.current && setTried(answer))
      } else send({ is: "event", id, draft, event, at: now() })
    }, quietMs)
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [worker, ruleSet, question])
  return tried
}
