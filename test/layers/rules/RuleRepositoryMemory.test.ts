import { Layer } from "effect"
import { ConfigAuditMemory } from "../../../layers/audit/ConfigAuditMemory.ts"
import { RuleRepositoryMemory } from "../../../layers/rules/RuleRepositoryMemory.ts"
import { configAuditSuite, ruleRepositorySuite } from "./ruleRepositorySuite.ts"

ruleRepositorySuite("rule book in memory", RuleRepositoryMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
configAuditSuite("change record in memory", ConfigAuditMemory)
