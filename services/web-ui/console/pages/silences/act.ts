import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import type { SilenceInput } from "../../../../../src/silence/Silence.ts"
import { matchWords } from "../../../../../src/silence/silenceWords.ts"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { troubleOf } from "../../api/problems.ts"
import { queries } from "../../api/query.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import { inputOf, partsOf } from "./silenceParts.ts"

const reread = () => queries.invalidateQueries({ queryKey: ["silences"] })

const conditionOf = ({ revision }: Pick<SilenceView, "revision">) => ({ "if-match": `"${revision}"` })
const because = (reason: string) => reason.trim() === "" ? {} : { reason: reason.trim() }

/** Does it and says so; what goes wrong is said too. A silence that somebody changed meanwhile is left as it is. */
const attempt = async (work: () => Promise<void>): Promise<boolean> => {
  try {
    await work()
    return true
  } catch (error) {
    const { detail, tag } = troubleOf(error)
    notify(tag === "VersionStale" ? `Nothing was done, as it changed meanwhile. ${detail}` : detail, { tone: "err" })
    return false
  } finally {
    await reread()
  }
}

const endById = (silence: Pick<SilenceView, "id" | "revision">, reason: string) =>
  ask((api) =>
    api.silences.end({ params: { id: silence.id }, headers: conditionOf(silence), payload: { ...because(reason) } })
  )

/** Makes a silence and gives its number. */
export const create = async (payload: SilenceInput): Promise<number> => {
  const { silence } = await ask((api) => api.silences.create({ payload }))
  rememberReason(payload.comment)
  notify(`Silenced: ${matchWords(silence.match)}`, {
    undo: async () => {
      await endById(silence, "taken back")
      await reread()
    }
  })
  await reread()
  return silence.id
}

/** Makes it say something else, if nobody changed it since it said `before`. */
export const change = async (
  id: number,
  before: { readonly revision: number; readonly said: SilenceInput },
  payload: SilenceInput
): Promise<void> => {
  const update = (seen: Pick<SilenceView, "revision">, said: SilenceInput) =>
    ask((api) => api.silences.update({ params: { id }, headers: conditionOf(seen), payload: said }))
  try {
    const { silence } = await update(before, payload)
    rememberReason(payload.comment)
    notify(`Silence ${id} is changed.`, {
      undo: async () => {
        await update(silence, before.said)
        await reread()
      }
    })
  } finally {
    await reread()
  }
}

const hour = 3_600

/** Lets it end an hour later. */
export const extend = (silence: SilenceView, reason: string): Promise<boolean> =>
  attempt(async () => {
    const { silence: later } = await ask((api) =>
      api.silences.extend({
        params: { id: silence.id },
        headers: conditionOf(silence),
        payload: { seconds: hour, ...because(reason) }
      })
    )
    rememberReason(reason)
    notify(`Silence ${silence.id} ends an hour later.`, {
      undo: async () => {
        await ask((api) =>
          api.silences.update({
            params: { id: silence.id },
            headers: conditionOf(later),
            payload: inputOf(partsOf(silence))
          })
        )
        await reread()
      }
    })
  })

/** Ends it now. An ended silence stays ended, so what takes this back is a new one that says the same from now on. */
export const end = (silence: SilenceView, reason: string): Promise<boolean> =>
  attempt(async () => {
    await endById(silence, reason)
    rememberReason(reason)
    notify(`Silence ${silence.id} has ended.`, {
      undo: async () => {
        const { starts_at, ...said } = inputOf(partsOf(silence))
        const begins = starts_at !== undefined && Date.parse(starts_at) > now() ? { starts_at } : {}
        await ask((api) => api.silences.create({ payload: { ...said, ...begins } }))
        await reread()
      }
    })
  })
