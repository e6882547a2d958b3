import { Layer } from "effect"
import { ConfigAuditMemory } from "../audit/ConfigAuditMemory.ts"
import { RuleRepositoryMemory } from "./RuleRepositoryMemory.ts"
import { configAuditSuite, ruleRepositorySuite } from "./ruleRepositorySuite.ts"

ruleRepositorySuite("rule book in memory", RuleRepositoryMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
configAuditSuite("change record in memory", ConfigAuditMemory)
