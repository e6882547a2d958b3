import type { SecretFleet } from "../../../layers/instances/SecretInstances.ts"
import type {
  Blocker,
  RotationEntry,
  RotationInstance,
  RotationRecord,
  RotationStatus,
  SecretKind,
  ServerSession,
  Slots
} from "../../../src/domain/Rotation.ts"
import { nextOf } from "../../../src/logic/rotationPlan.ts"

export interface StatusFacts {
  readonly secret: string
  readonly kind: SecretKind
  /** The newest rotation, open or not, and its entries. */
  readonly rotation: RotationRecord | undefined
  readonly steps: ReadonlyArray<RotationEntry>
  readonly blocks: ReadonlyArray<Blocker>
  /** By fingerprint, as the store has them. */
  readonly slots: Slots<string>
  readonly fleet: SecretFleet
  readonly sessions: ReadonlyArray<ServerSession>
  readonly missing: ReadonlyArray<string>
}

export const isOpen = (rotation: RotationRecord | undefined): rotation is RotationRecord =>
  rotation !== undefined && rotation.closedAt === null

/** Says what a person sees of one secret. */
export const statusOf = (facts: StatusFacts): RotationStatus => {
  const { blocks, kind, missing, rotation, secret, slots, steps } = facts
  const open = isOpen(rotation) ? rotation : undefined
  const driver = open?.driver ?? null
  return {
    secret,
    kind,
    state: open?.state ?? "STEADY",
    direction: rotation?.direction ?? "forward",
    id: rotation?.id ?? null,
    opened_by: rotation?.openedBy ?? null,
    opened_at: rotation?.openedAt ?? null,
    reason: rotation?.reason ?? null,
    since: rotation?.changedAt ?? null,
    closed_at: rotation?.closedAt ?? null,
    outcome: rotation?.outcome ?? null,
    pending: rotation?.pending ?? null,
    next_step: open === undefined ? null : nextOf(open),
    blocks,
    driver: driver === null ? null : { instance: driver.instance, seen_ms: driver.ageMs },
    stopped: rotation?.stopped ?? null,
    slots: Object.fromEntries(
      Object.entries(slots).flatMap(([slot, value]) => value === undefined ? [] : [[slot.toUpperCase(), value]])
    ),
    instances: instancesOf(facts),
    steps,
    missing
  }
}

const instancesOf = (
  { fleet: { instances, now }, secret, sessions }: StatusFacts
): ReadonlyArray<typeof RotationInstance.Type> =>
  instances.map(({ holdings, instance, program, seen, stale }) => {
    const holding = Object.hasOwn(holdings, secret) ? holdings[secret] : undefined
    const listed: Record<string, number> = {}
    for (const { generation, instance: other, program: of } of sessions) {
      if (of === program && other === instance) listed[generation] = (listed[generation] ?? 0) + 1
    }
    return {
      program,
      instance,
      seen_ms: Math.max(0, now - seen),
      stale,
      generation: holding?.generation ?? null,
      slots: { ...holding?.slots },
      connections: holding?.connections ?? null,
      sessions: listed,
      proof: holding?.proof === undefined ? null : { ok: holding.proof.ok, detail: holding.proof.detail }
    }
  })
