import { Layer } from "effect"
import { ConfigAuditMemory } from "../audit/ConfigAuditMemory.ts"
import { SilencesMemory } from "./SilencesMemory.ts"
import { silenceSuite } from "./silenceSuite.ts"

silenceSuite("silences in memory", SilencesMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
