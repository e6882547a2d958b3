import type { AlertCase } from "./AlertCase.ts"
import { changed, decided, delivered, refused } from "./alertSeries.ts"

/** Ways in which a part of the budget of an objective is spent too fast. */
export const budgetCases: ReadonlyArray<AlertCase> = [
  { name: "5 % of intake fails", series: refused(500), at: 10, fires: ["MuttIntakeBudget"] },
  { name: "1 % of intake fails", series: refused(100), at: 30, fires: ["MuttIntakeBudget"] },
  { name: "0.3 % of intake fails", series: refused(30), at: 90, fires: ["MuttIntakeBudget"] },
  { name: "0.05 % of intake fails, and a sender is too fast", series: refused(5), at: 90, fires: [] },
  { name: "a fifth is decided late", series: decided(200), at: 10, fires: ["MuttDecidedBudget"] },
  { name: "a fifth is delivered late", series: delivered(20), at: 10, fires: ["MuttDeliveredBudget"] },
  { name: "changes of settings come late", series: changed(50), at: 10, fires: ["MuttSettingsBudget"] }
]
