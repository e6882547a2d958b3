import { apiCommand } from "./api.ts"
import { answer } from "./output.ts"

export const consoleLink = apiCommand(
  "console",
  "The address of the console, with a link that logs in once, within a minute, on the machine of the program",
  {},
  function*(api, _, json, url) {
    const { expires_at, link } = yield* api.session.link()
    const address = `${url}/console/#login=${link}`
    yield* answer(json, { url: address, expires_at }, address)
  }
)
