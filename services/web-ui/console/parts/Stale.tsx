import type { UseQueryResult } from "@tanstack/react-query"
import { type ReactNode, useEffect, useState } from "react"
import { troubleOf } from "../api/problems.ts"
import { timeText, useZone } from "./Time.tsx"
import { Trouble } from "./Trouble.tsx"
import "./Stale.css"

/** True once it has been asked for this long: what answers at once needs no skeleton. */
const useLate = (ms: number): boolean => {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return late
}

const Skeleton = ({ lines }: { readonly lines: number }) => {
  const late = useLate(200)
  return (
    <div className="skeleton" role="progressbar" aria-busy="true" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => <span key={line} className={late ? "shown" : ""} />)}
    </div>
  )
}

interface StaleProps<A> {
  readonly read: UseQueryResult<A>
  /** Lines that the loaded panel will have, so that nothing moves when it comes. */
  readonly lines?: number
  readonly children: (data: A) => ReactNode
}

/**
 * Shows what was read. Before it is there, a skeleton; when its source is away, the last that was read, greyed, and
 * since when; when there never was anything, what is wrong. Each panel fails alone.
 */
export function Stale<A>({ children, lines = 3, read }: StaleProps<A>) {
  const [zone] = useZone()
  if (read.data === undefined) {
    return read.error === null || read.error === undefined
      ? <Skeleton lines={lines} />
      : <Trouble of={troubleOf(read.error)} again={() => void read.refetch()} />
  }
  const failed = read.isError || read.failureCount > 0
  return (
    <div className={failed ? "stale" : undefined}>
      {failed && (
        <p className="stale-note" role="status">
          As of {timeText(read.dataUpdatedAt, zone)}, trying again. {troubleOf(read.error ?? read.failureReason).detail}
        </p>
      )}
      {children(read.data)}
    </div>
  )
}
