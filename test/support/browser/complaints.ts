import type { BrowserContext, ConsoleMessage, Page } from "playwright-core"

/** Chromium's line about an answer of the API that is no 2xx. What the page makes of it is what a test looks at. */
const isAnswer = (message: ConsoleMessage): boolean =>
  message.text().startsWith("Failed to load resource: the server responded with a status of") &&
  new URL(message.location().url).pathname.startsWith("/api/")

/** Tells the console of violations in words that name the place; Chromium's own line may lack it. */
const tellViolations = `addEventListener("securitypolicyviolation", (event) =>
  console.error(\`violates its policy: \${event.effectiveDirective} \${event.blockedURI} \${event.sourceFile}:\${event.lineNumber} \${event.sample}\`))`

/**
 * Keeps what no page of the console may do, from now on: errors in the console, exceptions that nobody caught,
 * violations of its policy, and requests beyond its origin. A complaint that is `allowed` is not kept.
 */
export const keepComplaints = async (
  context: BrowserContext,
  page: Page,
  origin: string,
  allowed: ReadonlyArray<RegExp>
): Promise<ReadonlyArray<string>> => {
  const complaints: Array<string> = []
  const complain = (complaint: string) => {
    if (!allowed.some((pattern) => pattern.test(complaint))) complaints.push(complaint)
  }
  await context.addInitScript(tellViolations)
  page.on("console", (message) => {
    if (message.type() === "error" && !isAnswer(message)) complain(`says in the console: ${message.text()}`)
  })
  page.on("pageerror", (error) => complain(`throws: ${error.message}`))
  context.on("request", (request) => {
    const url = new URL(request.url())
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) complain(`asks elsewhere: ${url.href}`)
  })
  return complaints
}
