import type { ReactNode } from "react"
import type { Role } from "../../../../src/domain/Role.ts"
import { useMay } from "../api/useRole.ts"

/** A button for what not every role may do. Who may not sees it too, with the role that it needs. */
export const Action = ({ children, className, disabled = false, needs, onClick, type = "button" }: {
  readonly needs: Role
  readonly onClick?: () => void
  readonly className?: string
  readonly disabled?: boolean
  readonly type?: "button" | "submit"
  readonly children: ReactNode
}) => {
  const may = useMay(needs)
  return (
    <button
      type={type}
      className={className}
      disabled={disabled}
      aria-disabled={!may}
      title={may ? undefined : `needs ${needs}`}
      onClick={(event) => {
        if (may) onClick?.()
        else event.preventDefault()
      }}
    >
      {children}
      {!may && <span className="visually-hidden">(needs {needs})</span>}
    </button>
  )
}
