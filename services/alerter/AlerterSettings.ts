import { Context } from "effect"
import { between, setting, type SettingsOf } from "../../layers/environment/setting.ts"

/** The static settings of the alerter. Times are seconds, as in the environment. */
export type AlerterValues = {
  /** Events that go through the pipeline together. */
  readonly batchSize: number
  /** How long an alerter may hold an event before another one takes it over. */
  readonly janitorTimeout: number
  /** How often to search for such events. */
  readonly janitorInterval: number
}

export class AlerterSettings extends Context.Service<AlerterSettings, AlerterValues>()(
  "mutt/services/alerter/AlerterSettings"
) {}

export const alerterSettings: SettingsOf<AlerterValues> = {
  batchSize: setting("ALERTER_BATCH_SIZE", between(1, 10_000), 1_000),
  janitorTimeout: setting("ALERTER_JANITOR_TIMEOUT", between(1, 86_400), 30),
  janitorInterval: setting("JANITOR_INTERVAL", between(1, 86_400), 5)
}
