import { EventAuditMemory } from "./EventAuditMemory.ts"
import { eventAuditSuite } from "./eventAuditSuite.ts"
import { eventReaderSuite } from "./eventReaderSuite.ts"

eventAuditSuite("record of events in memory", EventAuditMemory)
eventReaderSuite("reading of events in memory", EventAuditMemory)
