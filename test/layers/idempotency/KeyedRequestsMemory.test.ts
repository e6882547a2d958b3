import { KeyedRequestsMemory } from "../../../layers/idempotency/KeyedRequestsMemory.ts"
import { keyedRequestsSuite } from "./keyedRequestsSuite.ts"

keyedRequestsSuite("memory", KeyedRequestsMemory)
