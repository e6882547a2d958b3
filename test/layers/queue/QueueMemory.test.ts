import { inMemory } from "./harness.ts"
import { queueSuite } from "./queueSuite.ts"

queueSuite("memory", inMemory)
