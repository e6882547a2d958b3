import { Layer } from "effect"
import { ConfigAuditMemory } from "../../../layers/audit/ConfigAuditMemory.ts"
import { RuleBookMemory } from "../../../layers/rules/RuleBookMemory.ts"
import { configAuditSuite, ruleBookSuite } from "./ruleBookSuite.ts"

ruleBookSuite("rule book in memory", RuleBookMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
configAuditSuite("change record in memory", ConfigAuditMemory)
