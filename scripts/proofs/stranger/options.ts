import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

const deeds = {
  "silent connections": "opens connections and says nothing",
  "half requests": "begins requests and does not end them",
  "silent syslog connections": "opens connections for syslog and says nothing",
  "wrong keys": "guesses keys",
  "junk datagrams": "sends junk to the UDP port of syslog",
  "junk over TCP": "sends junk to the TCP port of syslog"
} as const
export type Deed = keyof typeof deeds

export const options = script(
  "stranger-proof",
  `A stack of its own. A good sender posts from one address; then a stranger on another opens connections and says nothing,
begins requests and does not end them, guesses keys, and sends junk to the syslog ports, all at once and as fast as it
can. The good sender's posts must all be answered 200, and its slowest hundredth may take 3 times as long as before.`,
  {
    seconds: flags.positive("seconds", "Seconds of quiet, and of attack", 20),
    rate: flags.whole("rate", "Posts of the good sender a second", 200),
    only: flags.someOf("only", "Deeds of the stranger, with commas; without it all of these", deeds),
    json: flags.json
  }
)
