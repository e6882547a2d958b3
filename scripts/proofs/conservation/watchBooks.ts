import { Effect, Schema } from "effect"
import { BooksView } from "../../../src/api/web-ui/Overview.ts"
import type { Stack } from "./Stack.ts"

const everyMs = 150

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(BooksView))

/** One reading; none when that program, or Redis behind it, does not answer. */
const look = async (url: string, key: string): Promise<BooksView | undefined> => {
  try {
    const answer = await fetch(`${url}/api/v1/books`, {
      headers: { "x-api-key": key },
      signal: AbortSignal.timeout(2_000)
    })
    const text = await answer.text()
    return answer.ok ? decode(text) : undefined
  } catch {
    return undefined
  }
}

interface Readings {
  readonly count: number
  readonly problems: ReadonlyArray<string>
}

/** Reads the books of every web-ui program for as long as it goes on. They must balance at each reading. */
export const watchBooks = (stack: Stack, goesOn: () => boolean): Effect.Effect<Readings> =>
  Effect.gen(function*() {
    const from = performance.now()
    const problems: Array<string> = []
    let count = 0
    const read = Effect.fnUntraced(function*(url: string) {
      const books = yield* Effect.promise(() => look(url, stack.keys.viewer))
      if (books === undefined) return
      count++
      if (books.balanced) return
      const ms = Math.round(performance.now() - from)
      problems.push(`The books don't balance ${ms} ms after the start: ${JSON.stringify(books)}`)
    })
    yield* Effect.forEach(
      stack.members["web-ui"],
      ({ url }) =>
        Effect.whileLoop({
          while: goesOn,
          body: () => Effect.andThen(read(url), Effect.sleep(everyMs)),
          step: () => {}
        }),
      { concurrency: "unbounded", discard: true }
    )
    return { count, problems }
  })
