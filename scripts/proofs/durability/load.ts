import { Effect } from "effect"

const senders = 8

/** Senders that post one event after the other. Half of them send each with an Idempotency-Key until it is stored. */
export const makeLoad = ({ key, url }: { readonly key: string; readonly url: string }) => {
  const acknowledged = new Set<string>()
  let sent = 0
  const post = (token: string, named: boolean) =>
    Effect.tryPromise(async (signal) => {
      const answer = await fetch(`${url}/api/v2/ingest`, {
        method: "POST",
        headers: {
          "x-api-key": key,
          "content-type": "application/json",
          ...(named ? { "idempotency-key": token } : {})
        },
        body: JSON.stringify({ hostname: "sw1", message: `said ${token}` }),
        signal
      })
      await answer.arrayBuffer()
      return answer.status
    }).pipe(Effect.orElseSucceed(() => 0))
  const sender = (named: boolean) =>
    Effect.suspend(() => {
      const token = `token-${++sent}-end`
      return post(token, named).pipe(
        Effect.tap((status) => Effect.sync(() => void (status === 200 && acknowledged.add(token)))),
        Effect.repeat({ while: (status) => named && status !== 200 })
      )
    }).pipe(Effect.forever)
  const send = Effect.forEach(
    Array.from({ length: senders }, (_, index) => sender(index % 2 === 0)),
    (one) => one,
    { concurrency: "unbounded", discard: true }
  )
  return { acknowledged, send }
}
