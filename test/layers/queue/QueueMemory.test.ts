import { queueSuite } from "./queueSuite.ts"
import { inMemory } from "./world.ts"

queueSuite("memory", inMemory)
