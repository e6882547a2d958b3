import { useState } from "react"
import { counted } from "../../../../../src/rulefile/words.ts"
import { useLicences } from "../../api/licences.ts"
import { Stale } from "../../parts/Stale.tsx"

/** Whose code the console holds besides that of MUTT, with the terms of each package. */
export const Licences = () => {
  const [open, setOpen] = useState(false)
  const read = useLicences(open)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Licences of what this console holds</summary>
      {open && (
        <Stale read={read} lines={6}>
          {(all) => (
            <div className="stack licences">
              <p>
                {all.length === 0
                  ? "This console is served from its sources: the licences are in node_modules."
                  : `${counted(all.length, "package")}, besides MUTT itself, which is under MIT.`}
              </p>
              <ul>
                {all.map(({ licence, name, text, version }) => (
                  <li key={`${name} ${version}`}>
                    {text === null ? <p>{name} {version}, {licence ?? "not said"}</p> : (
                      <details>
                        <summary>{name} {version}, {licence ?? "not said"}</summary>
                        <pre>{text}</pre>
                      </details>
                    )}
                  </li>
                ))}
              </ul>
            </div>
          )}
        </Stale>
      )}
    </details>
  )
}
