import { useNavigate } from "@tanstack/react-router"
import { allRules } from "../api/allRules.ts"
import { useAsk } from "../api/query.ts"

/** Settings and rules, to go to by name. They are asked for once somebody types; their pages share the answer. */
export const useNamed = (enabled: boolean) => {
  const navigate = useNavigate()
  const settings = useAsk(["config", "list"], (api) => api.settings.list({}), { enabled })
  const rules = useAsk(["rules"], allRules, { enabled })
  return [
    ...(settings.data?.items ?? []).map(({ key }) => ({
      says: `Setting ${key}`,
      run: () => void navigate({ to: "/settings", search: { open: key } })
    })),
    ...(rules.data ?? []).map(({ id, name }) => ({
      says: `Rule ${name}`,
      run: () => void navigate({ to: "/rules", search: { open: String(id) } })
    }))
  ]
}
