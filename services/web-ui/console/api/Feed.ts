import { useEffect, useSyncExternalStore } from "react"
import { learnSession } from "./session.ts"

/** What the server tells by itself. */
export type Topic =
  | "flow"
  | "books"
  | "fleet"
  | "config"
  | "rules"
  | "silences"
  | "rotation"
  | "dead_letters"
  | "alerts"
  | "audit"

export interface Told {
  /** As the topic's endpoint says it; `undefined` before the first. */
  readonly data: unknown
  /** When it came, by this browser's clock. */
  readonly at: number
}

interface Connection {
  readonly is: "closed" | "connecting" | "open" | "lost"
  /** Since when it is so, by this browser's clock. */
  readonly since: number
}

const told = new Map<Topic, Told>()
const wanted = new Map<Topic, number>()
const listeners = new Set<() => void>()
let connection: Connection = { is: "closed", since: 0 }
let source: EventSource | undefined
let openFor = ""
let tries = 0
let timer: ReturnType<typeof setTimeout> | undefined

const tell = () => {
  for (const listener of listeners) listener()
}
const become = (is: Connection["is"]) => {
  if (connection.is !== is) connection = { is, since: new Date().getTime() }
  tell()
}

const close = () => {
  source?.close()
  source = undefined
  openFor = ""
  clearTimeout(timer)
}

/** 1 to 30 s, each time longer, and not all browsers at once. */
const pauseMs = () =>
  Math.min(30_000, 1_000 * 2 ** Math.min(tries, 5)) * (0.5 + (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 512)

const lost = () => {
  close()
  become("lost")
  tries += 1
  if (tries === 1) void learnSession()
  timer = setTimeout(connect, pauseMs())
}

const connect = () => {
  const topics = [...wanted.keys()].sort().join(",")
  if (topics === openFor) return
  close()
  if (topics === "" || document.visibilityState === "hidden") return become("closed")
  become(connection.is === "lost" ? "lost" : "connecting")
  openFor = topics
  const opened = new EventSource(`/api/v1/stream?topics=${topics}`)
  source = opened
  opened.addEventListener("open", () => {
    tries = 0
    become("open")
  })
  opened.addEventListener("error", lost)
  opened.addEventListener("bye", lost)
  for (const topic of wanted.keys()) {
    opened.addEventListener(topic, (event) => {
      told.set(topic, { data: JSON.parse(event.data), at: new Date().getTime() })
      tell()
    })
  }
}

/** Pages come and go within a moment; the stream is opened once for all that are there then. */
const soon = () => {
  clearTimeout(timer)
  timer = setTimeout(connect, 50)
}

let hidden: ReturnType<typeof setTimeout> | undefined
document.addEventListener("visibilitychange", () => {
  clearTimeout(hidden)
  if (document.visibilityState === "visible") soon()
  else {
    hidden = setTimeout(() => {
      close()
      become("closed")
    }, 30_000)
  }
})

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** What a topic says now, by the one stream that this tab has. */
export const useTold = (topic: Topic): Told | undefined => {
  useEffect(() => {
    wanted.set(topic, (wanted.get(topic) ?? 0) + 1)
    soon()
    return () => {
      const left = (wanted.get(topic) ?? 1) - 1
      if (left === 0) wanted.delete(topic)
      else wanted.set(topic, left)
      soon()
    }
  }, [topic])
  return useSyncExternalStore(subscribe, () => told.get(topic))
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => connection)
