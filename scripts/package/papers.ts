import { sbom } from "./sbom.ts"
import { noticeText, thirdParties } from "./thirdParty.ts"

/** What goes with every package: the licences of what is in it, and a list of it. */
export interface Papers {
  readonly notice: string
  /** The same for Debian, which has some texts in a place of their own. */
  readonly debianNotice: string
  readonly sbom: string
}

const commonLicences = new Map([["Apache-2.0", "/usr/share/common-licenses/Apache-2.0"]])

export const papers = (seconds: number): Papers => {
  const parties = thirdParties()
  return {
    notice: noticeText(parties, new Map()),
    debianNotice: noticeText(parties, commonLicences),
    sbom: sbom(parties, seconds)
  }
}
