import { useState } from "react"
import { type Trouble, troubleOf } from "../api/problems.ts"

/** One thing that a form does at a time, and what went wrong with the last. */
export const useWork = () => {
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<Trouble>()
  const during = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setTrouble(undefined)
    try {
      await work()
    } catch (error) {
      setTrouble(troubleOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { busy, trouble, setTrouble, during }
}
