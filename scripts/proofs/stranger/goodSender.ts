// A good sender: posts one event after the other at a steady rate and times the answers. For each line of JSON that it
// is told it prints one with the result.
import { Agent, request } from "node:http"
import { createInterface } from "node:readline"
import { quantile } from "../../bench/statistics.ts"

export interface Posts {
  readonly url: string
  readonly key: string
  readonly perSecond: number
  readonly seconds: number
}

export interface Answers {
  readonly sent: number
  /** Posts without a 200, by status; 0: no answer at all. */
  readonly refused: Readonly<Record<string, number>>
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

const post = ({ key, url }: Posts, number: number): Promise<number> =>
  new Promise((resolve) => {
    const body = JSON.stringify({
      hostname: `edge-${number % 500}.example.net`,
      message: `%LINK-3-UPDOWN: Interface GigabitEthernet0/${number % 48}, changed state to down`,
      severity: "err"
    })
    const headers = {
      "x-api-key": key,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body)
    }
    const sending = request(`${url}/api/v2/ingest`, { method: "POST", agent, headers }, (response) => {
      response.resume()
      response.on("end", () => resolve(response.statusCode ?? 0))
      response.on("error", () => resolve(0))
    })
    sending.on("error", () => resolve(0))
    sending.end(body)
  })

const run = async (posts: Posts): Promise<Answers> => {
  const times: Array<number> = []
  const refused: Record<string, number> = {}
  const underWay: Array<Promise<void>> = []
  const total = posts.perSecond * posts.seconds
  const from = performance.now()
  while (underWay.length < total) {
    const due = Math.min(total, Math.floor((performance.now() - from) * posts.perSecond / 1_000))
    while (underWay.length < due) {
      // A post that could not be sent in time was late for its sender too.
      const at = from + underWay.length * 1_000 / posts.perSecond
      underWay.push(
        post(posts, underWay.length).then((status) => {
          times.push(performance.now() - at)
          if (status !== 200) refused[status] = (refused[status] ?? 0) + 1
        })
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(underWay)
  const sorted = times.toSorted((a, b) => a - b)
  return {
    sent: total,
    refused,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? 0
  }
}

createInterface(process.stdin).on("line", (line) => {
  const posts: Posts = JSON.parse(line)
  void run(posts).then((answers) => process.stdout.write(`${JSON.stringify(answers)}\n`))
})
