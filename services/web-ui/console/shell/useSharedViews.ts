import { useAsk } from "../api/query.ts"

/** The views that all share, by name. */
export const useSharedViews = () => useAsk(["views"], (api) => api.savedViews.list({ query: {} }))
