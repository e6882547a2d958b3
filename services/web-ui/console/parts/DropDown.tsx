import { type ReactNode, useEffect, useRef } from "react"
import "./DropDown.css"

/** A button that opens a few choices below it. Escape and a click elsewhere close it. */
export const DropDown = ({ children, title }: { readonly title: string; readonly children: ReactNode }) => {
  const ref = useRef<HTMLDetailsElement>(null)
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
      <div className="drop-down-box">{children}</div>
    </details>
  )
}
