import type { Violation } from "./boundaries.ts"

const hash = /^--hash=sha256:[0-9a-f]{64}$/

/** Finds the packages of a list of requirements that have no exact version or no hash. */
export const requirementGaps = (path: string, text: string): ReadonlyArray<Violation> => {
  const lines = text.split("\n")
  const violations: Array<Violation> = []
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let whole = lines[at] ?? ""
    while (whole.endsWith("\\")) whole = `${whole.slice(0, -1)} ${lines[++at] ?? ""}`
    const [requirement = "", ...options] = whole.split(/\s+/).filter((word) => word !== "")
    if (requirement === "" || requirement.startsWith("#")) continue
    if (!/^[\w.-]+==[\w.!+-]+$/.test(requirement)) {
      violations.push({ path, line, message: `${requirement} has no exact version` })
    }
    if (options.length === 0 || !options.every((option) => hash.test(option))) {
      violations.push({ path, line, message: `${requirement} has no SHA-256 for each of its files` })
    }
  }
  return violations
}

/** Finds the Python packages that a script installs by name, where no hash holds them. */
export const unhashedInstalls = (path: string, text: string): ReadonlyArray<Violation> =>
  text.split("\n").flatMap((line, index) =>
    /^[^#]*(?:\bpip3?\s+(?:-\S+\s+)*install\b(?!.*--require-hashes)|\s[\w.-]+==\d)/.test(line)
      ? [{ path, line: index + 1, message: "install Python packages from a list with hashes" }]
      : []
  )
