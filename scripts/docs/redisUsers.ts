import { standard } from "../setup/options.ts"
import { redisText } from "../setup/serverTexts.ts"

/** The users of Redis, as `npm run setup-servers` prints them without a password. */
export const redisUsers = (): string =>
  `\`\`\`text\n${
    redisText(standard, {}).trimEnd().split("\n").map((line) =>
      line.replaceAll(/(.{1,110})(?: |$)/g, "$1\n  ").trimEnd()
    ).join("\n")
  }\n\`\`\``
