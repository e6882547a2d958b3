import type { Layer } from "effect"
import { acknowledgeSuite } from "./acknowledgeSuite.ts"
import { alertQueueSuite } from "./alertQueueSuite.ts"
import { booksSuite } from "./booksSuite.ts"
import { breakerSuite } from "./breakerSuite.ts"
import { deadLetterScanSuite } from "./deadLetterScanSuite.ts"
import { deadLettersSuite } from "./deadLettersSuite.ts"
import { decodeReportSuite } from "./decodeReportSuite.ts"
import { deliveriesSuite } from "./deliveriesSuite.ts"
import { givingOutSuite } from "./givingOutSuite.ts"
import type { QueueWorld } from "./harness.ts"
import { quarantineSuite } from "./quarantineSuite.ts"
import { repeatsSuite } from "./repeatsSuite.ts"
import { sharesSuite } from "./sharesSuite.ts"
import { takingInSuite } from "./takingInSuite.ts"
import { waitingAlertsSuite } from "./waitingAlertsSuite.ts"

/** All that a queue promises, wherever it is kept. */
export const queueSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  takingInSuite(name, world)
  sharesSuite(name, world)
  repeatsSuite(name, world)
  givingOutSuite(name, world)
  acknowledgeSuite(name, world)
  alertQueueSuite(name, world)
  breakerSuite(name, world)
  deadLettersSuite(name, world)
  deadLetterScanSuite(name, world)
  quarantineSuite(name, world)
  booksSuite(name, world)
  decodeReportSuite(name, world)
  deliveriesSuite(name, world)
  waitingAlertsSuite(name, world)
}
