import { Link } from "@tanstack/react-router"
import type { RotationStatus } from "../../../../../src/domain/Rotation.ts"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Page } from "../../shell/Page.tsx"
import { useAddress } from "../../shell/useAddress.ts"
import { search } from "./search.ts"
import { Secret } from "./Secret.tsx"
import { inTheWayOf, isOpen } from "./track.ts"
import { firstOf, useSecret, useSecrets } from "./useRotation.ts"
import "./Page.css"

/** Passwords and keys that change while everything runs. */
export const RotationPage = () => {
  const [address, change] = useAddress(search)
  const read = useSecrets()
  return (
    <Page title="Rotation">
      <Stale read={read} lines={6}>
        {({ secrets }) => {
          const chosen = address.secret ?? firstOf(secrets)
          if (chosen === undefined) return <p>No secret can be rotated here.</p>
          return (
            <div className="rotation">
              <SecretList secrets={secrets} chosen={chosen} />
              <ChosenSecret
                key={chosen}
                secret={chosen}
                open={secrets.some((one) => one.secret === chosen && isOpen(one))}
                step={address.step}
                choose={(step) => change({ step }, { replace: true })}
              />
            </div>
          )
        }}
      </Stale>
    </Page>
  )
}

const ChosenSecret = ({ choose, open, secret, step }: {
  readonly secret: string
  readonly open: boolean
  readonly step: string | undefined
  readonly choose: (step: string | undefined) => void
}) => {
  const read = useSecret(secret, open)
  return (
    <Stale read={read} lines={10}>
      {(status) => <Secret status={status} chosen={step} choose={choose} />}
    </Stale>
  )
}

const groups = [
  { title: "Passwords", holds: (status: RotationStatus) => status.kind !== "key" },
  { title: "API keys", holds: (status: RotationStatus) => status.kind === "key" }
]

const SecretList = ({ chosen, secrets }: {
  readonly secrets: ReadonlyArray<RotationStatus>
  readonly chosen: string
}) => (
  <nav className="secrets" aria-label="Secrets">
    {groups.map(({ holds, title }) => (
      <section key={title}>
        <h2>{title}</h2>
        <ul>
          {secrets.filter(holds).map((status) => (
            <li key={status.secret}>
              <SecretLink status={status} chosen={chosen === status.secret} />
            </li>
          ))}
        </ul>
      </section>
    ))}
  </nav>
)

const SecretLink = ({ chosen, status }: { readonly status: RotationStatus; readonly chosen: boolean }) => (
  <Link to="/rotation" search={{ secret: status.secret }} aria-current={chosen ? "true" : undefined}>
    <span className="secret-name">{status.secret}</span>
    <span className="row">
      {isOpen(status) && <State of={status.state} tone={inTheWayOf(status).length > 0 ? "err" : "warning"} />}
      {inTheWayOf(status).length > 0 && <span>blocked</span>}
      <span className="quiet-text">
        {status.since === null ? "never rotated" : <Time at={status.since} ago />}
      </span>
    </span>
  </Link>
)
