import { ArchiveFailed, type ArchiveReason } from "./ArchiveStore.ts"

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" }

const plain = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10FFFF ? String.fromCodePoint(code) : whole
  })

/** What stands in each element of this name, which holds text alone. */
export const textsOf = (xml: string, element: string): ReadonlyArray<string> =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"))].map(([, text = ""]) => plain(text))

export const textOf = (xml: string, element: string): string | undefined => textsOf(xml, element)[0]

const reasons: Readonly<Record<string, ArchiveReason>> = {
  InvalidAccessKeyId: "credentials",
  SignatureDoesNotMatch: "credentials",
  InvalidToken: "credentials",
  XAdminUserNotFound: "credentials",
  ExpiredToken: "credentials",
  NoSuchBucket: "absent",
  PreconditionFailed: "taken",
  NotImplemented: "unsupported",
  ConditionalRequestConflict: "busy",
  OperationAborted: "busy",
  RequestTimeout: "busy",
  SlowDown: "busy",
  ServiceUnavailable: "busy",
  InternalError: "busy",
  XAmzContentSHA256Mismatch: "damaged",
  BadDigest: "damaged",
  IncompleteBody: "damaged"
}

const byStatus = (status: number): ArchiveReason =>
  status === 401
    ? "credentials"
    : status === 403
    ? "denied"
    : status === 404
    ? "gone"
    : status === 412
    ? "taken"
    : status === 501
    ? "unsupported"
    : status === 429 || status >= 500
    ? "busy"
    : "failed"

const rights = "s3:PutObject, s3:GetObject, s3:AbortMultipartUpload and s3:ListBucket"

const words = (code: string, xml: string): string | undefined => {
  switch (code) {
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
      return "it does not take ARCHIVE_S3_KEY: put the id and the secret of a key that it knows into the secret store"
    case "NoSuchBucket":
      return "there is no such bucket: make it, or correct event_archive"
    case "RequestTimeTooSkewed":
      return "its clock and the one of this machine are more than minutes apart: set both by NTP"
    case "AuthorizationHeaderMalformed":
    case "IllegalLocationConstraintException":
    case "PermanentRedirect":
    case "TemporaryRedirect":
      return `the bucket is in another region: set ARCHIVE_S3_REGION${
        textOf(xml, "Region") === undefined ? "" : ` to ${textOf(xml, "Region")}`
      }, and ARCHIVE_S3_ENDPOINT to the endpoint there`
    case "AccessDenied":
      return `the key has not the right: give it ${rights}`
    case "PreconditionFailed":
      return "the name is taken"
    default:
      return undefined
  }
}

/** What an answer says that is no success: `about` is what was asked for. */
export const answerFailed = (about: string, status: number, xml: string): ArchiveFailed => {
  const code = textOf(xml, "Code") ?? ""
  const reason = reasons[code] ?? byStatus(status)
  const said = words(code, xml) ?? (reason === "denied" ? words("AccessDenied", xml) : undefined)
  const answer = `${status}${code === "" ? "" : ` ${code.slice(0, 100)}`}`
  return new ArchiveFailed({
    reason,
    detail: `${about}: ${said === undefined ? `the store answers ${answer}` : `${said} (${answer})`}.`
  })
}
