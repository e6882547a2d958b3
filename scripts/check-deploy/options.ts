import * as flags from "../command-line/flags.ts"
import { script } from "../command-line/Script.ts"
import { checks } from "./checks.ts"

export const options = script(
  "check-deploy",
  `Checks what ships: the packages, the image, compose, systemd units, the Helm chart. A check whose tool is not here is
skipped; with CI=true it fails, unless it is marked heavy. chart-strict runs only when it is named, as its tools are
built for minutes. Tools come by bash scripts/bootstrap.sh --deploy.`,
  {
    only: flags.someOf(
      "only",
      "These checks alone, with commas",
      Object.fromEntries(checks.map(({ name, what }) => [name, what]))
    ),
    json: flags.json
  }
)
