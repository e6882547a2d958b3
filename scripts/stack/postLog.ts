import { Schema } from "effect"

/** One event of one delivery, whether or not it was kept. */
export const Post = Schema.Struct({
  id: Schema.String,
  signature: Schema.String,
  /** Its beginning. */
  description: Schema.String,
  status: Schema.Int,
  /** The header, where there was one. */
  traceparent: Schema.optionalKey(Schema.String),
  /** Milliseconds until it was answered; none when the sender had gone by then. */
  answerMs: Schema.NullOr(Schema.Finite)
})
export type Post = typeof Post.Type

export const Posts = Schema.Array(Post)

/** Posts that are remembered; a stand-in that runs for weeks forgets the oldest half when they are more. */
const most = 200_000

const text = (value: unknown) => typeof value === "string" ? value : ""

type Draft = { -readonly [K in keyof Post]: Post[K] }

/** Every delivery in the order in which they came, repeats and refusals among them. */
export const makePostLog = () => {
  let posts: Array<Draft> = []
  return {
    /** To be run when the answer goes out. */
    note: (
      payloads: ReadonlyArray<Readonly<Record<string, unknown>>>,
      status: number,
      traceparent: string | undefined
    ): () => void => {
      const from = performance.now()
      const those = payloads.map((payload): Draft => ({
        id: text(payload["external_id"]),
        signature: text(payload["signature"]),
        description: text(payload["description"]).slice(0, 200),
        status,
        ...(traceparent === undefined ? {} : { traceparent }),
        answerMs: null
      }))
      posts.push(...those)
      if (posts.length > most) posts = posts.slice(most / 2)
      return () => {
        for (const post of those) post.answerMs = performance.now() - from
      }
    },
    all: (): ReadonlyArray<Post> => posts,
    clear: () => {
      posts = []
    }
  }
}
