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

export interface Readings {
  readonly count: number
  readonly problems: ReadonlyArray<string>
}

/** Reads the books, of one web-ui program after the other, for as long as it goes on. They must balance at each reading. */
export const watchBooks = (stack: Stack, goesOn: (elapsedMs: number) => boolean): Effect.Effect<Readings> =>
  Effect.gen(function*() {
    const from = performance.now()
    const problems: Array<string> = []
    let count = 0
    for (let turn = 0; goesOn(performance.now() - from); turn++) {
      const members = stack.members["web-ui"]
      const member = members[turn % members.length]
      const books = member === undefined ? undefined : yield* Effect.promise(() => look(member.url, stack.keys.viewer))
      if (books !== undefined) {
        count++
        if (!books.balanced) {
          problems.push(
            `The books don't balance ${Math.round(performance.now() - from)} ms after the start: ${
              JSON.stringify(books)
            }`
          )
        }
      }
      yield* Effect.sleep(everyMs)
    }
    return { count, problems }
  })
