import type { UseQueryResult } from "@tanstack/react-query"
import { Fleet } from "../../../../src/api/web-ui/Fleet.ts"
import { useLive } from "./live.ts"

/** Every process that runs, as it reports itself. */
export const useFleet = (): UseQueryResult<Fleet> => useLive("fleet", Fleet, (api) => api.overview.fleet())
