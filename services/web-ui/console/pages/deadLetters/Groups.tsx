import type { DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { Action } from "../../parts/Action.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Time } from "../../parts/Time.tsx"
import type { AllGroups } from "./find.ts"
import { actions, filterOfGroup, type Group, type Narrowing } from "./letters.ts"

const shown = 12

/** Dead letters by what they died of, the most first, each with what can be done with all of them. */
export const Groups = ({ discard, found: { groups, omitted }, narrow, queue, replay }: {
  readonly queue: DeadLetterQueue
  readonly found: AllGroups
  readonly narrow: (filter: Narrowing) => void
  readonly replay: (filter: Narrowing) => void
  readonly discard: (filter: Narrowing) => void
}) => {
  const { verb } = actions[queue === "quarantine" ? "retry" : "replay"]
  const hidden = Math.max(0, groups.length - shown) + omitted
  return (
    <>
      <table className="letter-groups">
        <caption className="visually-hidden">By reason and detail; # stands for what differs</caption>
        <thead>
          <tr>
            <th scope="col" className="number">Count</th>
            <th scope="col">Died of</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.slice(0, shown).map((group) => (
            <tr key={keyOf(group)}>
              <td className="number">{group.count.toLocaleString("en")}</td>
              <th scope="row">
                <button type="button" className="quiet" onClick={() => narrow(filterOfGroup(group))}>
                  {group.reason.replaceAll("_", " ")}: <PlainText>{group.detail_masked}</PlainText>
                </button>
              </th>
              <td>
                <Time at={group.oldest} />
              </td>
              <td>
                <Time at={group.newest} ago />
              </td>
              <td className="letter-groups-acts">
                <Action needs="operator" onClick={() => replay(filterOfGroup(group))}>
                  {verb} <span className="visually-hidden">all {group.count} of {group.reason}</span>
                </Action>
                <Action needs="operator" className="quiet" onClick={() => discard(filterOfGroup(group))}>
                  Discard <span className="visually-hidden">all {group.count} of {group.reason}</span>
                </Action>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && <p className="quiet-text">{hidden} smaller groups are not shown; a filter finds them.</p>}
    </>
  )
}

const keyOf = ({ detail_masked, reason }: Group): string => `${reason} ${detail_masked}`
