import { Layer } from "effect"
import { ConfigAuditMemory } from "../../../layers/audit/ConfigAuditMemory.ts"
import { RuleBookMemory } from "../../../layers/rules/RuleRepositoryMemory.ts"
import { configAuditSuite, ruleBookSuite } from "./ruleRepositorySuite.ts"

ruleBookSuite("rule book in memory", RuleBookMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
configAuditSuite("change record in memory", ConfigAuditMemory)
