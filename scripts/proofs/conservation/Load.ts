import { Effect } from "effect"
import { Agent, request } from "node:http"
import type { Random } from "../../bench/Random.ts"
import { type Kind, type Posting, tokenOf, words } from "./Ledger.ts"

/** Per 100 ms: posts of one event, and posts of a batch with so many records. 500 events a second together. */
const singles = 15
const batches = [20, 15] as const
const tickMs = 100

/**
 * Senders of one host each, which post an event and wait for the answer before the next. Their alerts have one
 * signature each.
 */
const chains = [1, 2] as const
const chainTickMs = 50

/** How long an answer is waited for. A chain gives up sooner, as one silent program holds up all of it. */
const patienceMs = 10_000
const chainPatienceMs = 1_000

const kinds: ReadonlyArray<Kind> = [
  "forwarded",
  "forwarded",
  "forwarded",
  "suppressed",
  "suppressed",
  "unmatched",
  "unmatched",
  "unmatched"
]

/** The host of a device, of which there are so many. */
export const devices = 150
export const deviceHost = (device: number) => `Device-${device}.example.net`

interface Sent {
  readonly status: number
  readonly body: string
}

const post = (
  agent: Agent,
  url: URL,
  { body, key, patienceMs, type }: {
    readonly key: string
    readonly type: string
    readonly body: string
    readonly patienceMs: number
  }
): Promise<Sent> =>
  new Promise((resolve) => {
    const nothing = () => resolve({ status: 0, body: "" })
    const sending = request(url, {
      method: "POST",
      agent,
      timeout: patienceMs,
      headers: { "x-api-key": key, "content-type": type, "content-length": Buffer.byteLength(body) }
    }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => text += chunk)
      // The status is the promise; a body that was cut off does not take it back.
      response.on("close", () => resolve({ status: response.statusCode ?? 0, body: response.complete ? text : "" }))
      response.on("error", () => {})
    })
    sending.on("timeout", () => sending.destroy(new Error("no answer in time")))
    sending.on("error", nothing)
    sending.end(body)
  })

const until = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - performance.now())))

/** A record for a token. The host decides which alerts wait for each other. */
const recordOf = (random: Random, { chain, kind, token }: Posting): string => {
  const text = `${words[kind]}, said unit ${token}`
  if (chain !== undefined) {
    return JSON.stringify({ hostname: `Chain-${chain}.example.net`, message: text, severity: "err" })
  }
  if (kind === "poison") {
    return random.int(2) === 0
      ? `{"hostname": "broken", "message": "${text}`
      : JSON.stringify({ hostname: "mute", note: text })
  }
  return JSON.stringify({
    hostname: deviceHost(random.int(devices)),
    timestamp: "2026-08-22T10:00:00Z",
    message: text,
    severity: random.pick(["err", "warning", 5, "2"])
  })
}

interface LoadResult {
  readonly postings: ReadonlyArray<Posting>
  /** Answers that say something else than what was posted. */
  readonly oddities: ReadonlyArray<string>
}

/** Posts 500 events a second for as long as it goes on, and never the same one twice. Waits for the last answers. */
export const load = (options: {
  /** Sends by the address of an ingestor. */
  readonly via: <A>(send: (url: string) => Promise<A>) => Promise<A>
  readonly key: string
  readonly seed: number
  readonly random: Random
  readonly goesOn: (elapsedMs: number) => boolean
  /** Whether some of it is posted one after the other, to see in which order it arrives. */
  readonly chained?: boolean
}): Effect.Effect<LoadResult> =>
  Effect.promise(async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 128 })
    const { random } = options
    const postings: Array<Posting> = []
    const oddities: Array<string> = []
    const under: Array<Promise<void>> = []
    const from = performance.now()

    const add = (kind: Kind, chain?: number): Posting => {
      const posting = {
        token: tokenOf(options.seed, postings.length),
        kind,
        atMs: performance.now() - from,
        accepted: false,
        ...(chain === undefined ? {} : { chain })
      }
      postings.push(posting)
      return posting
    }
    const make = (poison: boolean): Posting => {
      const rare = random.int(100)
      const kind = poison && rare < 3 ? "poison" : rare < 5 ? "refused" : random.pick(kinds)
      return add(kind)
    }
    const send = async (those: ReadonlyArray<Posting>, type: string, patience = patienceMs) => {
      const body = those.map((posting) => recordOf(random, posting)).join("\n")
      const posting = { body, key: options.key, patienceMs: patience, type }
      const sent = await options.via((url) => post(agent, new URL("/api/v2/ingest", url), posting))
      if (sent.status < 200 || sent.status > 299) return
      for (const posting of those) posting.accepted = true
      if (sent.body === "") return
      const { accepted, quarantined }: { accepted?: number; quarantined?: number } = JSON.parse(sent.body)
      const poisoned = those.filter(({ kind }) => kind === "poison").length
      if (accepted !== those.length - poisoned || quarantined !== poisoned) {
        oddities.push(`${those.length} records with ${poisoned} poisoned were answered ${sent.body}`)
      }
    }

    const sendChain = async (chain: number) => {
      for (let tick = 0; options.goesOn(performance.now() - from); tick++) {
        await until(from + tick * chainTickMs)
        await send([add("forwarded", chain)], "application/json", chainPatienceMs)
      }
    }
    if (options.chained === true) under.push(...chains.map(sendChain))

    for (let tick = 0; options.goesOn(tick * tickMs); tick++) {
      await until(from + tick * tickMs)
      for (let single = 0; single < singles; single++) under.push(send([make(false)], "application/json"))
      for (const size of batches) {
        under.push(send(Array.from({ length: size }, () => make(true)), "application/x-ndjson"))
      }
    }
    await Promise.all(under)
    agent.destroy()
    return { postings, oddities }
  })
