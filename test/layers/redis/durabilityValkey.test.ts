import { durabilitySuite } from "./durabilitySuite.ts"

durabilitySuite("valkey", true)
