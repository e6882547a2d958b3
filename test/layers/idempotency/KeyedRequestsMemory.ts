import { Cause, Effect, Exit, Layer, Option } from "effect"
import {
  isSame,
  type KeptAnswer,
  type KeyedRequest,
  KeyedRequests,
  refusedFor
} from "../../../layers/idempotency/KeyedRequests.ts"

interface Kept {
  readonly request: KeyedRequest
  readonly operation: string
  answer: KeptAnswer | undefined
  underWay: boolean
}

/** Keeps answers in memory, until the process ends. */
export const KeyedRequestsMemory = Layer.sync(KeyedRequests, () => {
  const kept = new Map<string, Kept>()
  const nameOf = ({ caller, key }: KeyedRequest) => `${caller}\n${key}`
  let operations = 0

  const inSteps: KeyedRequests["Service"]["inSteps"] = (request, change, isCertain) =>
    Effect.gen(function*() {
      const name = nameOf(request)
      const known = kept.get(name)
      if (known !== undefined && !isSame(known.request, request)) return yield* refusedFor("keyReused")
      if (known?.answer !== undefined) return { answer: known.answer, replayed: true }
      if (known?.underWay === true) return yield* refusedFor("underWay")
      const entry: Kept = known ?? { request, operation: String(++operations), answer: undefined, underWay: true }
      entry.underWay = true
      kept.set(name, entry)
      return yield* change(entry.operation).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            entry.underWay = false
            if (Exit.isSuccess(exit)) entry.answer = exit.value
            else if (known === undefined && Option.exists(Cause.findErrorOption(exit.cause), isCertain)) {
              kept.delete(name)
            }
          })
        ),
        Effect.map((answer) => ({ answer, replayed: false }))
      )
    })

  return KeyedRequests.of({
    whole: (request, change) => inSteps(request, () => change, () => true),
    inSteps,
    amend: (request, answer) =>
      Effect.sync(() => {
        const entry = kept.get(nameOf(request))
        if (entry !== undefined) entry.answer = answer
      })
  })
})
