import { Effect } from "effect"
import { SettingsWorld } from "./settingsHarness.ts"

type Question = Parameters<typeof SettingsWorld.Service.webUis[0]["call"]>

/** One request to the first web-ui. */
export const ask = (...question: Question) => Effect.flatMap(SettingsWorld, ({ webUis }) => webUis[0].call(...question))

/** The same request once more, until the first one is not under way any longer. */
export const askAgain = (...question: Question) =>
  Effect.repeat(ask(...question), { while: ({ body, status }) => status === 409 && body._tag === "RequestUnderWay" })
