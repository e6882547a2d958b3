import { Link } from "@tanstack/react-router"
import type { HostDetail as HostDetailType } from "../../../../../src/api/web-ui/HeardHosts.ts"
import { useAsk } from "../../api/query.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Detail } from "../../shell/Page.tsx"
import { HostForm } from "./HostForm.tsx"
import type { Pattern } from "./patterns.ts"

/** A host or pattern: what is known of it, and what it is to be. */
export const HostDetail = ({ close, hostname, patterns, teams }: {
  /** `undefined`: one to add. */
  readonly hostname: string | undefined
  readonly patterns: ReadonlyArray<Pattern>
  readonly teams: ReadonlyArray<string>
  readonly close: () => void
}) => {
  const own = patterns.find((pattern) => pattern.hostname === hostname)
  const isPattern = hostname === undefined || /[*?]/.test(hostname)
  return (
    <Detail title={hostname ?? "Add a host or pattern"} close={close}>
      {!isPattern && <Heard hostname={hostname} />}
      <HostForm
        key={JSON.stringify(own)}
        own={own ?? { hostname: hostname ?? "", dev: false, team: undefined }}
        fresh={hostname === undefined}
        listed={own !== undefined}
        teams={teams}
        done={close}
      />
    </Detail>
  )
}

const Heard = ({ hostname }: { readonly hostname: string }) => {
  const read = useAsk(["host", hostname], (api) => api.heardHosts.byName({ params: { hostname } }))
  return <Stale read={read} lines={4}>{(host) => <Facts host={host} />}</Stale>
}

const Facts = ({ host }: { readonly host: HostDetailType }) => (
  <>
    <dl className="facts">
      <dt>Last event</dt>
      <dd>{host.last_at === null ? "none in the last days" : <Time ago at={host.last_at} />}</dd>
      <dt>Last 24 hours</dt>
      <dd>{host.exact ? "" : "about "}{host.count_24h.toLocaleString("en")} events</dd>
      <dt>Environment</dt>
      <dd>
        {host.environment}
        {host.environment_by === null ? ", as no pattern says otherwise" : (
          <>
            , by <PlainText>{host.environment_by}</PlainText>
          </>
        )}
      </dd>
      <dt>Team</dt>
      <dd>
        {host.team}
        {host.team_by === null ? ", the team of all others" : (
          <>
            , by <PlainText>{host.team_by}</PlainText>
          </>
        )}
      </dd>
      <dt>Silenced by</dt>
      <dd className="row">
        {host.silenced_by.length === 0 ?
          "nothing" :
          host.silenced_by.map((id) => <Link key={id} to="/silences" search={{ open: String(id) }}>silence {id}</Link>)}
      </dd>
    </dl>
    <p className="row">
      <Link to="/events" search={{ host: host.hostname }}>Its events</Link>
      <Link to="/alerts" search={{ host: host.hostname }}>Its alerts</Link>
    </p>
  </>
)
