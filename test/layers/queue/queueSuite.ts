import type { Layer } from "effect"
import { alertQueueSuite } from "./alertQueueSuite.ts"
import { booksSuite } from "./booksSuite.ts"
import { breakerSuite } from "./breakerSuite.ts"
import { deadLettersSuite } from "./deadLettersSuite.ts"
import { eventQueueSuite } from "./eventQueueSuite.ts"
import { settleSuite } from "./settleSuite.ts"
import type { QueueWorld } from "./world.ts"

/** All that a queue promises, wherever it is kept. */
export const queueSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  eventQueueSuite(name, world)
  settleSuite(name, world)
  alertQueueSuite(name, world)
  breakerSuite(name, world)
  deadLettersSuite(name, world)
  booksSuite(name, world)
}
