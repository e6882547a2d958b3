import { KeyedRequestsMemory } from "./KeyedRequestsMemory.ts"
import { keyedRequestsSuite } from "./keyedRequestsSuite.ts"

keyedRequestsSuite("memory", KeyedRequestsMemory)
