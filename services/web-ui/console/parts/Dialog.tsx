import { type ReactNode, useId, useLayoutEffect, useRef } from "react"
import "./Dialog.css"

/**
 * A dialog over the page. The browser keeps focus within it, makes the page behind it inert, closes it by Escape and
 * gives focus back.
 */
export const Dialog = ({ children, close, title, wide = false }: {
  readonly title: string
  /** Asked to close; the owner decides. */
  readonly close: () => void
  readonly wide?: boolean
  readonly children: ReactNode
}) => {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before it is taken from the page: only then the browser gives the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current
    if (dialog !== null && !dialog.open) dialog.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className={wide ? "dialog wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}
