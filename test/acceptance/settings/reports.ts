/** The list on which the readers say which version they run: whoever writes stamps both ends, so no clocks are compared. */
export const reports = "mutt:{proof}:reached"
