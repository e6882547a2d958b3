import type { Version } from "../../../src/api/web-ui/Overview.ts"

const current = "3.0"
const supported = [current, "2.5", "2.0", "1.0"]

/** The answer of `GET /api/v1/version`. The paths of MUTT 2 stay; nothing is deprecated. */
export const versionAnswer: typeof Version.Type = {
  current_version: current,
  default_version: current,
  supported_versions: supported,
  version_history: {
    "3.0": {
      released: "2026-11-22",
      status: "current",
      changes: [
        "Every path under /api/v1 answers under /api/v2 too, with the same body.",
        "Errors are problem details (RFC 9457) with a stable _tag.",
        "Audit logs are paged by cursor.",
        "Added: /books, /status, /dead-letters, /decode-report, /host-zones, /rules/test, /config-audit."
      ]
    },
    "2.5": { released: "2025-11-10", status: "supported", changes: ["The paths and bodies that 3.0 keeps."] },
    "2.0": { released: "2025-10-01", status: "supported", changes: ["Configuration audit."] },
    "1.0": { released: "2025-09-01", status: "supported", changes: ["First version."] }
  }
}

const supportedHeader = supported.join(", ")
const known: ReadonlySet<string> = new Set(supported)

/** The version that a client asks for, or the current one. Answers are the same in all. */
const negotiated = (headers: Readonly<Record<string, string | undefined>>, url: string): string => {
  const inQuery = /[?&]api_version=([0-9.]+)/.exec(url)?.[1]
  for (const asked of [headers["accept-version"], headers["x-api-version"], inQuery]) {
    const plain = asked?.replace(/^v/, "")
    if (plain !== undefined && known.has(plain)) return plain
  }
  return current
}

const none: Readonly<Record<string, string>> = {}

/** Version headers of every answer beneath `/api/`, errors included. */
export const versionHeaders = (request: {
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
}): Readonly<Record<string, string>> =>
  request.url.startsWith("/api/")
    ? { "x-api-version": negotiated(request.headers, request.url), "x-api-supported-versions": supportedHeader }
    : none
