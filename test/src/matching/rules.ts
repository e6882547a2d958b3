import type { Rule } from "../../../src/domain/Rule.ts"

/** A rule that pages, with what matters to the test put in. */
export const rule = (changes: Partial<Rule> & Pick<Rule, "id">): Rule => ({
  matchType: "contains",
  matchString: null,
  trapOid: null,
  syslogSeverity: null,
  priority: 100,
  prodHandling: "Page_and_ticket",
  devHandling: "Ignore",
  teamAssignment: "NetOps",
  isActive: true,
  ...changes
})

export const contains = (id: number, matchString: string, changes: Partial<Rule> = {}) =>
  rule({ id, matchType: "contains", matchString, ...changes })
export const exact = (id: number, matchString: string, changes: Partial<Rule> = {}) =>
  rule({ id, matchType: "exact", matchString, ...changes })
export const regex = (id: number, matchString: string, changes: Partial<Rule> = {}) =>
  rule({ id, matchType: "regex", matchString, ...changes })
export const oidPrefix = (id: number, trapOid: string, changes: Partial<Rule> = {}) =>
  rule({ id, matchType: "oid_prefix", trapOid, ...changes })
