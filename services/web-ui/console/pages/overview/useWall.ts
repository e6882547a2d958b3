import { useEffect } from "react"

/** Keeps the screen from going dark. The browser lets go of it when the tab is hidden, so it is asked for again. */
const keepAwake = (): () => void => {
  let lock: WakeLockSentinel | undefined
  let ended = false
  const ask = async () => {
    if (ended || document.visibilityState === "hidden" || !("wakeLock" in navigator)) return
    // Refused on pages over plain HTTP and with an empty battery: then the screen goes dark as it is set to.
    lock = await navigator.wakeLock.request("screen").catch(() => undefined)
    if (ended) void lock?.release()
  }
  const again = () => void ask()
  document.addEventListener("visibilitychange", again)
  again()
  return () => {
    ended = true
    document.removeEventListener("visibilitychange", again)
    void lock?.release()
  }
}

/** Shows the page as for a wall: large, without menu and header, on a screen that stays awake. */
export const useWall = (on: boolean): void => {
  useEffect(() => {
    if (!on) return
    document.documentElement.dataset["wall"] = "1"
    const letGo = keepAwake()
    return () => {
      delete document.documentElement.dataset["wall"]
      letGo()
    }
  }, [on])
}
