import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"

export class RuleNotFound extends HttpApiError.Problem<RuleNotFound>()(...problem("RuleNotFound", 404, {})) {}

/** The list has no such host or glob. */
export class HostNotFound extends HttpApiError.Problem<HostNotFound>()(...problem("HostNotFound", 404, {})) {}

/** The list has the host already. */
export class HostExists extends HttpApiError.Problem<HostExists>()(...problem("HostExists", 409, {})) {}

export const ruleNotFound = () => new RuleNotFound({ detail: "There is no such rule." })
export const hostNotFound = () => new HostNotFound({ detail: "Hostname not found" })
export const hostExists = () => new HostExists({ detail: "Hostname already exists" })
export const hostHasTeam = () => new HostExists({ detail: "Hostname already has a team assignment" })
