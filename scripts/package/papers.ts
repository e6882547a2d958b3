import { sbom } from "./sbom.ts"
import { noticeText, thirdParties } from "./thirdParty.ts"

/** What goes with every package: the licences of what is in it, and a list of it. */
export interface Papers {
  readonly notice: string
  readonly sbom: string
}

export const papers = (seconds: number): Papers => {
  const parties = thirdParties()
  return { notice: noticeText(parties), sbom: sbom(parties, seconds) }
}
