import { X509Certificate } from "node:crypto"

/** The certificates of a file of authorities, one after the other; `undefined`: it holds what is none. */
export const authoritiesIn = (
  text: string
): ReadonlyArray<{ readonly subject: string; readonly expiresAt: number }> | undefined => {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.map((block) => {
      const { subject, validTo } = new X509Certificate(block)
      return { subject: subject.replaceAll("\n", ", "), expiresAt: Date.parse(validTo) }
    })
  } catch {
    return undefined
  }
}
