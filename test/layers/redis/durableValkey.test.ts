import { durableSuite } from "./durableSuite.ts"

durableSuite("valkey", true)
