import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type { AuditCut, ChainEntry, Checkpoint } from "../domain/ChainEntry.ts"
import { canonicalJson } from "./canonicalJson.ts"

export const genesisHash = "0".repeat(64)

/** The hash of a link: SHA-256 over a version tag, the previous hash and the canonical JSON of everything else. */
export const entryHash = (entry: Omit<ChainEntry, "entryHash">): string => {
  const { actor, after, at, before, correlationId, key, operation, previousHash, reason, seq, table } = entry
  const rest = { actor, after, at, before, correlationId, key, operation, reason, seq, table }
  return bytesToHex(sha256(utf8ToBytes(`mutt/audit/v1${previousHash}${canonicalJson(rest)}`)))
}

/** The next link after `head`, or the first. */
export const link = (
  head: Pick<ChainEntry, "seq" | "entryHash"> | undefined,
  entry: Omit<ChainEntry, "seq" | "previousHash" | "entryHash">
): ChainEntry => {
  const whole = { ...entry, seq: (head?.seq ?? 0) + 1, previousHash: head?.entryHash ?? genesisHash }
  return { ...whole, entryHash: entryHash(whole) }
}

export interface ChainFault {
  /** The first link that is not as it was. */
  readonly seq: number
  readonly fault: "gap" | "changed" | "unlinked" | "checkpoint" | "cut" | "signature"
  readonly detail: string
}

/** What a verification has seen so far; feed it the links in order. */
export interface Verification {
  readonly checked: number
  readonly head: Pick<ChainEntry, "seq" | "entryHash"> | undefined
  readonly fault: ChainFault | undefined
}

export const startVerification: Verification = { checked: 0, head: undefined, fault: undefined }

/** Goes on at the link of a checkpoint, `first`: it is checked against that, and what is before it is not looked at. */
export const resumeVerification = ({ seq }: Checkpoint, first: ChainEntry): Verification => ({
  ...startVerification,
  head: seq === 1 ? undefined : { seq: seq - 1, entryHash: first.previousHash }
})

/** Checks one more link. After the first fault nothing further is checked: it could not be believed. */
export const verifyNext = (
  state: Verification,
  entry: ChainEntry,
  checkpoints: ReadonlyMap<number, Checkpoint>
): Verification => {
  if (state.fault !== undefined) return state
  const fault = faultOf(state, entry, checkpoints.get(entry.seq))
  return fault === undefined
    ? { checked: state.checked + 1, head: entry, fault }
    : { ...state, fault }
}

/** The chain has ended: a checkpoint beyond the last link shows that its tail was cut. */
export const finishVerification = (state: Verification, checkpoints: ReadonlyMap<number, Checkpoint>): Verification => {
  if (state.fault !== undefined) return state
  const last = state.head?.seq ?? 0
  const beyond = Math.max(0, ...checkpoints.keys())
  return beyond <= last
    ? state
    : {
      ...state,
      fault: { seq: last + 1, fault: "cut", detail: `A checkpoint knows link ${beyond}; the chain ends at ${last}.` }
    }
}

/**
 * The checkpoints that the chain is held against, in the order of their making. One that tells of a restored database
 * ends those before it that know links of the history that was lost.
 */
export const checkpointsInForce = (checkpoints: ReadonlyArray<Checkpoint>): ReadonlyArray<Checkpoint> =>
  checkpoints.reduce<ReadonlyArray<Checkpoint>>(
    (inForce, mark) => [...(mark.restored === undefined ? inForce : upTo(inForce, mark.restored)), mark],
    []
  )

/** Those of the checkpoints that a restored database agrees with. */
export const upTo = (checkpoints: ReadonlyArray<Checkpoint>, { after }: AuditCut): ReadonlyArray<Checkpoint> =>
  checkpoints.filter(({ seq }) => seq <= after)

/**
 * What a restored database has lost, when the fault is what a restore leaves: the chain is good in itself, and ends or
 * goes on otherwise where a checkpoint knows better. `undefined`: it is another fault.
 */
export const cutOf = (
  { fault, seq }: ChainFault,
  inForce: ReadonlyArray<Checkpoint>
): AuditCut | undefined => {
  const lost = Math.max(0, ...inForce.map((mark) => mark.seq))
  if (fault === "cut") return { after: seq - 1, lost }
  if (fault !== "checkpoint") return undefined
  return { after: Math.max(0, ...inForce.map((mark) => mark.seq).filter((known) => known < seq)), lost }
}

/** What the signature of a checkpoint is made over. */
export const checkpointText = ({ at, entryHash, restored, seq }: Checkpoint): string => {
  const text = `mutt/checkpoint/v1\n${seq}\n${entryHash}\n${at}`
  return restored === undefined ? text : `${text}\nrestored ${restored.after} ${restored.lost}`
}

/**
 * The first checkpoint, in the order of their making, whose signature is not good, or that has none although one before
 * it has. `isGood` answers for those that have one.
 */
export const signatureFault = (
  checkpoints: ReadonlyArray<Checkpoint>,
  isGood: (checkpoint: Checkpoint) => boolean
): ChainFault | undefined => {
  let signed = false
  for (const checkpoint of checkpoints) {
    const { at, seq, signature } = checkpoint
    if (signature === undefined && signed) {
      return { seq, fault: "signature", detail: `The checkpoint of ${at} at link ${seq} lost its signature.` }
    }
    if (signature !== undefined && !isGood(checkpoint)) {
      return { seq, fault: "signature", detail: `The checkpoint of ${at} at link ${seq} was not signed with our key.` }
    }
    signed ||= signature !== undefined
  }
  return undefined
}

const faultOf = (
  { head }: Verification,
  entry: ChainEntry,
  checkpoint: Checkpoint | undefined
): ChainFault | undefined => {
  const expected = (head?.seq ?? 0) + 1
  if (entry.seq !== expected) {
    return { seq: expected, fault: "gap", detail: `Link ${expected} is missing; ${entry.seq} follows.` }
  }
  if (entry.previousHash !== (head?.entryHash ?? genesisHash)) {
    return { seq: entry.seq, fault: "unlinked", detail: `Link ${entry.seq} does not continue the one before it.` }
  }
  if (entryHash(entry) !== entry.entryHash) {
    return { seq: entry.seq, fault: "changed", detail: `Link ${entry.seq} was changed after it was written.` }
  }
  if (checkpoint !== undefined && checkpoint.entryHash !== entry.entryHash) {
    return {
      seq: entry.seq,
      fault: "checkpoint",
      detail: `Link ${entry.seq} differs from the checkpoint of ${checkpoint.at}.`
    }
  }
  return undefined
}
