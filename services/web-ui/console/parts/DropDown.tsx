import { type ReactNode, useEffect, useRef, useState } from "react"
import "./DropDown.css"

/** A button that opens a few choices below it. Escape and a click elsewhere close it. */
export const DropDown = ({ children, title }: { readonly title: string; readonly children: ReactNode }) => {
  const ref = useRef<HTMLDetailsElement>(null)
  const below = useRef<HTMLDivElement>(null)
  const [toRight, setToRight] = useState(false)
  // It opens to the left, as most stand at the right of a page's head; where there is no room, to the right.
  const place = () => {
    const [box, main] = [ref.current, ref.current?.closest("main") ?? document.body]
    if (box?.open !== true) return
    const room = box.getBoundingClientRect().right - main.getBoundingClientRect().left
    setToRight((below.current?.offsetWidth ?? 0) > room)
  }
  useEffect(() => {
    const close = (event: Event) => {
      const box = ref.current
      if (box?.open === true && event.target instanceof Node && !box.contains(event.target)) box.open = false
    }
    document.addEventListener("pointerdown", close)
    document.addEventListener("focusin", close)
    return () => {
      document.removeEventListener("pointerdown", close)
      document.removeEventListener("focusin", close)
    }
  }, [])
  return (
    <details
      ref={ref}
      className="drop-down"
      onToggle={place}
      onKeyDown={(event) => {
        const box = ref.current
        if (event.key !== "Escape" || box?.open !== true) return
        event.preventDefault()
        event.stopPropagation()
        box.open = false
        box.querySelector("summary")?.focus()
      }}
    >
      <summary>{title}</summary>
      <div ref={below} className={toRight ? "drop-down-box to-right" : "drop-down-box"}>{children}</div>
    </details>
  )
}
