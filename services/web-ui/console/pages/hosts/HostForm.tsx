import { type FormEvent, useId, useState } from "react"
import { Action } from "../../parts/Action.tsx"
import { AllTheSame, isForcible } from "../../parts/AllTheSame.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { useWork } from "../../parts/useWork.ts"
import { changeHosts, previewHosts } from "./changeHosts.ts"
import { type Pattern, rowOf } from "./patterns.ts"

/** What a host or pattern is to be. */
export const HostForm = ({ done, fresh, listed, own, teams }: {
  readonly own: Pattern
  /** Its name is typed too. */
  readonly fresh: boolean
  /** It stands in the list of patterns, so it can be removed. */
  readonly listed: boolean
  readonly teams: ReadonlyArray<string>
  readonly done: () => void
}) => {
  const id = useId()
  const [hostname, setHostname] = useState(own.hostname)
  const [dev, setDev] = useState(own.dev)
  const [team, setTeam] = useState(own.team ?? "")
  const [reason, setReason] = useState("")
  const [force, setForce] = useState(false)
  const { busy, during, trouble } = useWork()

  const name = hostname.trim().toLowerCase()
  const says = dev || team.trim() !== ""
  const changed = name !== own.hostname || dev !== own.dev || team.trim() !== (own.team ?? "")

  const make = (pattern: Pattern, text: string) =>
    during(async () => {
      const rows = [rowOf(pattern)]
      const { version } = await previewHosts(rows)
      await changeHosts(rows, version, text, { reason, force })
      done()
    })
  const save = (event: FormEvent) => {
    event.preventDefault()
    const pattern = { hostname: name, dev, team: team.trim() === "" ? undefined : team.trim() }
    void make(pattern, fresh ? `${name} is added.` : `${name} is changed.`)
  }
  const remove = () => make({ hostname: own.hostname, dev: false, team: undefined }, `${own.hostname} is removed.`)
  return (
    <form className="stack" onSubmit={save}>
      <h3>{fresh ? "What it is" : listed ? "What the list says of it" : "Say something of this host alone"}</h3>
      {fresh && (
        <div className="field">
          <label htmlFor={`${id}-name`}>Host or pattern</label>
          <input
            id={`${id}-name`}
            className="mono"
            required
            maxLength={255}
            spellCheck={false}
            aria-describedby={`${id}-name-says`}
            value={hostname}
            onChange={(event) => setHostname(event.target.value)}
          />
          <p id={`${id}-name-says`} className="quiet-text">
            * is any number of characters, ? is one: lab-*, sw?.example.com
          </p>
        </div>
      )}
      <label className="row">
        <input type="checkbox" checked={dev} onChange={(event) => setDev(event.target.checked)} />
        Development: rules use their handling for development hosts
      </label>
      <div className="field">
        <label htmlFor={`${id}-team`}>Team</label>
        <input
          id={`${id}-team`}
          list={`${id}-teams`}
          maxLength={100}
          aria-describedby={`${id}-team-says`}
          value={team}
          onChange={(event) => setTeam(event.target.value)}
        />
        <datalist id={`${id}-teams`}>{teams.map((team) => <option key={team} value={team} />)}</datalist>
        <p id={`${id}-team-says`} className="quiet-text">
          For events that no rule gives a team. Empty: as other patterns say.
        </p>
      </div>
      <Reason value={reason} set={setReason} required={force} />
      {trouble !== undefined && <Trouble of={trouble} />}
      {isForcible(trouble) && <AllTheSame force={force} setForce={setForce} />}
      <div className="row">
        <Action needs="operator" type="submit" className="primary" disabled={busy || !changed || fresh && !says}>
          {fresh ? "Add" : "Save"}
        </Action>
        {listed && (
          <Action needs="operator" className="danger" disabled={busy} onClick={() => void remove()}>
            Remove from the list
          </Action>
        )}
      </div>
    </form>
  )
}
