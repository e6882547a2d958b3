import { useEffect } from "react"
import type { RotationStatus } from "../../../../../src/domain/Rotation.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import { isOpen } from "./track.ts"

const again = () => queries.invalidateQueries({ queryKey: ["rotation"] })

/** All secrets that can be rotated. */
export const useSecrets = () => {
  const told = useTold("rotation")
  const read = useAsk(["rotation", "list"], (api) => api.rotation.list({}), { every: 30_000 })
  useEffect(() => {
    if (told !== undefined) void again()
  }, [told])
  return read
}

/** One secret, asked for every second as long as its rotation is open. */
export const useSecret = (secret: string, open: boolean) =>
  useAsk(["rotation", "secret", secret], (api) => api.rotation.status({ params: { secret } }), {
    every: open ? 1_000 : 10_000
  })

/** The secret to show when the address names none: one whose rotation is open, else the first password. */
export const firstOf = (secrets: ReadonlyArray<RotationStatus>): string | undefined =>
  (secrets.find(isOpen) ?? secrets.find(({ kind }) => kind !== "key") ?? secrets[0])?.secret

export const readRotationAgain = again
