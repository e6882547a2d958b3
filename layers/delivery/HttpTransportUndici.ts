import type { Dispatcher } from "@effect/platform-node/Undici"
import { Effect, Layer } from "effect"
import { clearTimeout, setTimeout } from "node:timers"
import { type Answer, answerLimit, HttpTransport, NoAnswer, type Posting } from "./HttpTransport.ts"

/** How long the rest of an answer is waited for once its status is known. */
const bodyMs = 1_000

/**
 * Over connections of undici that are kept, on Node and Deno. Its dispatcher costs half of what its `request` does. It is
 * loaded by whoever sends: most programs never do.
 */
export const HttpTransportUndici = (url: URL): Layer.Layer<HttpTransport> =>
  Layer.effect(
    HttpTransport,
    Effect.gen(function*() {
      const { Pool } = yield* Effect.promise(() => import("./undiciPool.ts"))
      const pool = yield* Effect.acquireRelease(
        Effect.sync(() => new Pool(url.origin)),
        (pool) => Effect.promise(() => pool.destroy())
      )
      const path = url.pathname + url.search
      return HttpTransport.of({
        post: (posting) =>
          Effect.callback<Answer, NoAnswer>((resume) => {
            const answering = new Answering(posting, resume)
            // Times are kept here: undici's own are coarse.
            const { body, headers } = posting
            pool.dispatch({ path, method: "POST", headers, body, headersTimeout: 0, bodyTimeout: 0 }, answering)
            return Effect.sync(() => answering.giveUp())
          })
      })
    })
  )

type Outcome = Effect.Effect<Answer, NoAnswer>

/** One request on its way to its one outcome. */
class Answering implements Dispatcher.DispatchHandler {
  private readonly decoder = new TextDecoder()
  private readonly resume: (outcome: Outcome) => void
  private timer: NodeJS.Timeout
  private controller: Dispatcher.DispatchController | undefined
  private head: Omit<Answer, "start" | "end"> | undefined
  private over = false
  private bytes = 0
  private start = ""

  constructor({ timeoutMs }: Posting, resume: (outcome: Outcome) => void) {
    this.resume = resume
    this.timer = setTimeout(() => {
      this.end(Effect.fail(new NoAnswer({ reason: "timeout", detail: `no answer within ${timeoutMs} ms` })))
    }, timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    this.controller = controller
    if (this.over) this.abort()
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, fields: Readonly<Record<string, unknown>>) {
    if (status < 200) return
    const field = (name: string) => {
      const value = fields[name]
      return typeof value === "string" ? value : undefined
    }
    this.head = { status, retryAfter: field("retry-after"), contentType: field("content-type") }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.answered("open"), bodyMs)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array) {
    this.start += this.decoder.decode(chunk.subarray(0, answerLimit - this.bytes), { stream: true })
    this.bytes += chunk.length
    if (this.bytes >= answerLimit) this.answered("open")
  }

  onResponseEnd() {
    this.controller = undefined
    this.answered("whole")
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error) {
    this.controller = undefined
    if (this.head !== undefined) return this.answered("cut")
    this.end(Effect.fail(new NoAnswer({ reason: "connection", detail: detailOf(error) })))
  }

  giveUp() {
    this.over = true
    clearTimeout(this.timer)
    this.abort()
  }

  private answered(end: Answer["end"]) {
    if (this.head !== undefined) this.end(Effect.succeed({ ...this.head, start: this.start, end }))
  }

  private end(outcome: Outcome) {
    if (this.over) return
    this.giveUp()
    this.resume(outcome)
  }

  /** Of a request that is over there is nothing to abort. */
  private abort() {
    this.controller?.abort(cutOff)
    this.controller = undefined
  }
}

const cutOff = new Error("cut off")

const detailOf = (error: Error): string => {
  const deepest = error.cause instanceof Error ? error.cause : error
  return "code" in deepest && typeof deepest.code === "string" ? deepest.code : deepest.message
}
