import { decodeReportLimits } from "../domain/DecodeReport.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/**
 * Copies the beginning of a text. A slice would keep the whole text in memory, which may be the body of a request. The
 * community of a trap is a credential and is left out.
 */
export const sampleOf = (raw: string): string => {
  const sample = decoder.decode(encoder.encode(raw.slice(0, decodeReportLimits.sample)))
  // Most texts name none, and a thousand hosts are reported at once.
  return mayName.test(sample)
    ? communities.reduce((text, community) => text.replace(community, "$1***"), sample)
    : sample
}

const mayName = /community|\.18\.1\.4\.0/i

/** As a variable of a trap, in what snmptrapd logs, and in JSON. */
const communities = [
  /((?:snmpTrapCommunity(?:\.0)?|\.18\.1\.4\.0)(?: =)? (?:STRING: )?)(?:"[^"]*"?|[^\s"]+)/g,
  /(, SNMP v\w{1,3}, community )[^\s#]+/g,
  /("(?:\w{0,32}_)?community" ?: ?")[^"]*/gi
]
