import { Layer } from "effect"
import { RuleRepositoryMemory } from "../rules/RuleRepositoryMemory.ts"
import { ConfigAuditMemory } from "./ConfigAuditMemory.ts"
import { EventAuditMemory } from "./EventAuditMemory.ts"
import { EventListMemory } from "./EventListMemory.ts"
import { eventListSuite } from "./eventListSuite.ts"

eventListSuite(
  "list of events in memory",
  EventListMemory.pipe(
    Layer.provideMerge(EventAuditMemory),
    Layer.provideMerge(RuleRepositoryMemory),
    Layer.provide(ConfigAuditMemory)
  )
)
