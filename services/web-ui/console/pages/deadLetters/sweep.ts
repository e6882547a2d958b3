import type { Selection, Swept } from "../../../../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { ask } from "../../api/client.ts"
import { type ActionName, type Done, nothingDone, plus } from "./letters.ts"

/** One request. What it did by ids is said as one by filter says it. */
const send = async (queue: DeadLetterQueue, action: ActionName, payload: Selection): Promise<Swept> => {
  const params = { queue }
  const ids = payload.ids ?? []
  if (action === "discard") {
    const answer = await ask((api) => api.deadLetters.discard({ params, payload }))
    if ("matched" in answer) return answer
    return { ...none(ids), moved: answer.discarded.length, skipped: answer.missing.length }
  }
  const answer = action === "retry"
    ? await ask((api) => api.deadLetters.retry({ payload }))
    : await ask((api) => api.deadLetters.replay({ params, payload }))
  if ("matched" in answer) return answer
  return {
    ...none(ids),
    moved: answer.replayed.length,
    skipped: answer.missing.length,
    cut: answer.cut?.length ?? 0,
    unreadable: (answer.unreadable ?? []).map(({ reason }) => ({ reason, count: 1 })),
    left: answer.later?.length ?? 0
  }
}

const none = (ids: ReadonlyArray<string>): Swept => ({
  matched: ids.length,
  moved: 0,
  unreadable: [],
  cut: 0,
  skipped: 0,
  left: 0
})

interface Sweep {
  readonly queue: DeadLetterQueue
  readonly action: ActionName
  readonly selection: Selection
  /** Told after each request. */
  readonly progress: (done: Done) => void
  readonly isStopped: () => boolean
}

/** Does it to all that are meant, request after request, until nothing is left, nothing more goes, or it is stopped. */
export const sweep = async ({ action, isStopped, progress, queue, selection }: Sweep): Promise<Done> => {
  let done = nothingDone
  for (let next: Selection | undefined = selection; next !== undefined && !isStopped();) {
    const swept = await send(queue, action, next)
    done = plus(done, swept)
    progress(done)
    const rest: Swept["rest"] = swept.left < swept.matched ? swept.rest : undefined
    next = rest === undefined
      ? undefined
      : { ...rest, ...(selection.reason === undefined ? {} : { reason: selection.reason }) }
  }
  return done
}
