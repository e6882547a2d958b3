import { type ReactNode, useId } from "react"
import "./Panel.css"

/** A part of a page under its heading. */
export const Panel = ({ actions, children, title }: {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}) => {
  const id = useId()
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  )
}
