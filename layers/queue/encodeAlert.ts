import type { Alert } from "../../src/domain/Alert.ts"
import type { EncodedAlert } from "./EventQueue.ts"

/** Makes of an alert what the queue keeps of it. */
export const encodeAlert = (alert: Alert): EncodedAlert => ({
  id: alert.id,
  signature: alert.signature,
  payload: JSON.stringify(alert)
})
