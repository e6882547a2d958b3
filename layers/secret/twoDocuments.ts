import { Effect, Redacted, Stream } from "effect"
import type { SecretValues } from "../../src/domain/SecretValues.ts"
import { isAdminSecret, overruledBy } from "./adminSecrets.ts"
import { baseName } from "./names.ts"
import type { SecretStore } from "./SecretStore.ts"
import { SecretWriteConflict, type SecretWriter } from "./SecretWriter.ts"

type Values = ReadonlyMap<string, Redacted.Redacted>

/** Joins both documents. What is in the web-ui's own counts. */
const joined = (programs: Values, admin: Values): SecretValues => {
  const overruled = overruledBy(admin.keys())
  return new Map([...[...programs].filter(([name]) => !overruled(name)), ...admin])
}

/** Reads the document of all programs and the web-ui's own as one store. */
export const joinedStore = (
  programs: SecretStore["Service"],
  admin: SecretStore["Service"]
): SecretStore["Service"] => ({
  kind: programs.kind,
  read: Effect.zipWith(programs.read, admin.read, joined),
  changes: Stream.merge(programs.changes, admin.changes)
})

/** The part of the values that is in a document, when it has those names of old; new names go where they belong. */
const split = (values: SecretValues, programs: Values, admin: Values) => {
  const shared = new Set([...programs.keys()].map(baseName))
  const overruled = overruledBy(admin.keys())
  const isOwn = (name: string) => overruled(name) || (!shared.has(baseName(name)) && isAdminSecret(name))
  // What does not count stays as it is.
  const hidden = [...programs].filter(([name]) => overruled(name))
  return {
    programs: new Map([...[...values].filter(([name]) => !isOwn(name)), ...hidden]),
    admin: new Map([...values].filter(([name]) => isOwn(name)))
  }
}

const same = (one: Values, other: Values): boolean =>
  one.size === other.size && [...one].every(([name, value]) => {
    const held = other.get(name)
    return held !== undefined && Redacted.value(held) === Redacted.value(value)
  })

/**
 * Writes the document that changed, by its own check-and-set. A rotation changes one secret at a time, so one of both;
 * a change of both would write the web-ui's first, and is no single step.
 */
export const joinedWriter = (
  programs: SecretWriter["Service"],
  admin: SecretWriter["Service"]
): SecretWriter["Service"] => {
  const both = Effect.zipWith(programs.read, admin.read, (shared, own) => ({
    shared,
    own,
    version: JSON.stringify([shared.version, own.version])
  }))
  return {
    read: Effect.map(both, ({ own, shared, version }) => ({ version, values: joined(shared.values, own.values) })),
    write: Effect.fnUntraced(function*(values: SecretValues, ifVersion: string) {
      const { own, shared, version } = yield* both
      if (version !== ifVersion) return yield* new SecretWriteConflict({ store: "secrets" })
      const parts = split(values, shared.values, own.values)
      if (!same(parts.admin, own.values)) yield* admin.write(parts.admin, own.version)
      if (!same(parts.programs, shared.values)) yield* programs.write(parts.programs, shared.version)
    })
  }
}
