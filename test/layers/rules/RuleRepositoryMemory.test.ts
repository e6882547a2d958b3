import { Layer } from "effect"
import { ConfigAuditMemory } from "../audit/ConfigAuditMemory.ts"
import { RuleRepositoryMemory } from "./RuleRepositoryMemory.ts"
import { configAuditSuite, ruleRepositorySuite } from "./ruleRepositorySuite.ts"
import { ruleVersionsSuite } from "./ruleVersionsSuite.ts"

ruleRepositorySuite("rule book in memory", RuleRepositoryMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
ruleVersionsSuite("versions of rules in memory", RuleRepositoryMemory.pipe(Layer.provideMerge(ConfigAuditMemory)))
configAuditSuite("change record in memory", ConfigAuditMemory)
