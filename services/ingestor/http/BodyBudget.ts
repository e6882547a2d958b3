import { Context, Effect, Layer } from "effect"
import { IngestorSettings } from "../IngestorSettings.ts"

/** Memory of a chunk of a body beside its bytes. A body may come in chunks of one byte each. */
export const chunkOverhead = 256

/** What the requests of one sender hold. There are as many as keys. */
interface Share {
  held: number
}

/** What the body of one request holds of the budget, as sent and unpacked. */
export class BodyAccount {
  readonly #budget: BodyBudget
  readonly #share: Share
  #charged = 0

  constructor(budget: BodyBudget, share: Share) {
    this.#budget = budget
    this.#share = share
  }

  /** May the sender hold so many bytes more? */
  fits(bytes: number): boolean {
    return this.#share.held + bytes <= this.#budget.total - this.#budget.held - bytes
  }

  /** Charges bytes that have arrived; `false`, and nothing charged, when the sender may not hold them now. */
  charge(bytes: number): boolean {
    if (!this.fits(bytes)) return false
    this.#add(bytes)
    return true
  }

  /** Gives back all that was charged. */
  release(): void {
    this.#add(-this.#charged)
  }

  #add(bytes: number): void {
    this.#charged += bytes
    this.#share.held += bytes
    this.#budget.held += bytes
  }
}

/**
 * Bounds the bytes of all bodies: a sender may hold as many as it leaves free. Alone that is a half, of two a third
 * each; so there is always room for a sender that holds nothing. Only bytes that have arrived are charged, whatever a
 * header promises.
 */
export class BodyBudget {
  readonly total: number
  held = 0
  readonly #shares = new Map<string, Share>()

  constructor(total: number) {
    this.total = total
  }

  open(sender: string): BodyAccount {
    let share = this.#shares.get(sender)
    if (share === undefined) {
      share = { held: 0 }
      this.#shares.set(sender, share)
    }
    return new BodyAccount(this, share)
  }
}

/** The bodies of this process that are read and not answered yet. */
export class WaitingBodies extends Context.Service<WaitingBodies, BodyBudget>()(
  "mutt/services/ingestor/http/WaitingBodies"
) {}

export const WaitingBodiesLayer = Layer.effect(
  WaitingBodies,
  Effect.gen(function*() {
    const { maxBodyBytes, maxWaitingBytes } = yield* IngestorSettings
    if (maxWaitingBytes < 2 * maxBodyBytes) {
      yield* Effect.logWarning(
        "A key may hold half of INGEST_MAX_WAITING_BYTES at most, so bodies up to INGEST_MAX_BODY_BYTES will never be taken."
      ).pipe(Effect.annotateLogs({ maxBodyBytes, maxWaitingBytes }))
    }
    return new BodyBudget(maxWaitingBytes)
  })
)
