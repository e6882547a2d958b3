/** A rule that nobody has made yet; which events it is about matters to no test of a rule book. */
export const ruleDraft = {
  matchType: "contains",
  matchString: "X",
  trapOid: null,
  syslogSeverity: null,
  priority: 1,
  prodHandling: "Ignore",
  devHandling: "Ignore",
  teamAssignment: "T",
  isActive: true
} as const
