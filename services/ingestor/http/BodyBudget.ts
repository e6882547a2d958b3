import { Context, Effect, Layer } from "effect"
import { IngestorSettings } from "../IngestorSettings.ts"

/** What holding a piece of a body costs beside its bytes. A body may come in pieces of one byte each. */
export const pieceOverhead = 256

/** What one sender holds, of all its requests. There are as many as keys. */
interface Share {
  held: number
}

/** What the bodies of one request hold of the budget. */
export class BodyAccount {
  readonly #budget: BodyBudget
  readonly #share: Share
  #charged = 0

  constructor(budget: BodyBudget, share: Share) {
    this.#budget = budget
    this.#share = share
  }

  /** Might the sender hold so many bytes more? */
  fits(bytes: number): boolean {
    return this.#share.held + bytes <= this.#budget.total - this.#budget.held - bytes
  }

  /** Charges bytes that are there; `false`, and nothing charged, when they are more than the sender may hold now. */
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
 * The bytes that bodies may hold together, shared among their senders: a sender may hold as much as is left free. Alone that is a half, of
 * two that want all a third each; so whatever the others do, there is room for one who holds nothing.
 *
 * Charged is what has arrived. What a header promises costs nothing.
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
