import { Effect } from "effect"
import { step } from "../../support/browser/Browser.ts"
import type { Tab } from "../../support/browser/Tab.ts"

/** Logs in as people do. What that takes is counted for no task. */
export const logIn = ({ page }: Tab, { key, person }: { readonly key: string; readonly person: string }) =>
  step("logging in", async () => {
    await page.getByLabel("Key", { exact: true }).fill(key)
    await page.getByLabel("Your name").fill(person)
    await page.getByRole("button", { name: "Log in" }).click()
    await page.getByLabel("Key", { exact: true }).waitFor({ state: "detached" })
  }).pipe(Effect.asVoid)
