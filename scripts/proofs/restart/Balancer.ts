import { Effect, type Scope } from "effect"
import { Agent, request as httpRequest, type RequestOptions } from "node:http"

/** What became of a request: the status of its answer, or the code of the error that it ended with. */
export type Outcome = number | string

/**
 * A balancer as they are: it reads `/readyz` of each replica each second, gives requests to those that were ready then,
 * one after the other, over connections that it keeps, and repeats none.
 */
export interface Balancer {
  readonly send: (path: string, options?: RequestOptions, body?: string) => Promise<Outcome>
  /** Whether it holds the replica at this address for ready. */
  readonly holdsReady: (url: string) => boolean
}

const everyMs = 1_000
const answerMs = 10_000

const ask = (agent: Agent, url: string, options: RequestOptions, body?: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const request = httpRequest(url, { ...options, agent, timeout: answerMs }, (response) => {
      response.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      response.on("end", () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    request.on("timeout", () => request.destroy(new Error("no answer in time")))
    request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    request.end(body)
  })

export const makeBalancer = (urls: ReadonlyArray<string>): Effect.Effect<Balancer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const targets = urls.map((url) => ({ url, ready: true, agent: new Agent({ keepAlive: true }) }))
    let turn = 0
    const look = Effect.promise(() =>
      Promise.all(targets.map(async (target) => {
        // A new connection for each look, as balancers do.
        target.ready = (await ask(new Agent(), `${target.url}/readyz`, {})) === 200
      }))
    )
    yield* look
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(look, Effect.sleep(everyMs))))
    yield* Effect.addFinalizer(() => Effect.sync(() => targets.forEach(({ agent }) => agent.destroy())))
    return {
      send: async (path, options = {}, body) => {
        const open = targets.filter(({ ready }) => ready)
        const target = open[turn++ % open.length]
        return target === undefined ? "nobody is ready" : ask(target.agent, `${target.url}${path}`, options, body)
      },
      holdsReady: (url) => targets.some((target) => target.url === url && target.ready)
    }
  })
