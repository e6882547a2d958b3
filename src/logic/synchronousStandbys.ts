/**
 * Says how many standbys each commit waits for, by what PostgreSQL's `synchronous_standby_names` and
 * `synchronous_commit` are set to.
 */
export const standbysWaitedFor = (names: string, commit: string): number => {
  if (commit === "off" || commit === "local" || names.trim() === "") return 0
  // A list without a number before it is of one that must confirm, and others that take its place.
  const [, number = "1"] = /^\s*(?:(?:ANY|FIRST)\s+)?(\d+)\s*\(/i.exec(names) ?? []
  return Number(number)
}
