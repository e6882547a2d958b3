import { decodeReportLimits } from "../domain/DecodeReport.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/**
 * The beginning of a text, as a text of its own: a mere part of another would keep the whole of it in memory, which may be the body of a
 * request. The community of a trap is a credential and is left out.
 */
export const sampleOf = (raw: string): string => {
  const sample = decoder.decode(encoder.encode(raw.slice(0, decodeReportLimits.sample)))
  // A look first: most texts have none, and a thousand hosts are reported at once.
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
