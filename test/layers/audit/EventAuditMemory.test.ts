import { EventAuditMemory } from "./EventAuditMemory.ts"
import { eventAuditSuite } from "./eventAuditSuite.ts"

eventAuditSuite("record of events in memory", EventAuditMemory)
