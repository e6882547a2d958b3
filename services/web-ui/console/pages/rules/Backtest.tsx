import { Effect, Stream } from "effect"
import { type FormEvent, useEffect, useId, useRef, useState } from "react"
import type { BacktestAsked, BacktestEvent, BacktestProgress } from "../../../../../src/api/web-ui/Backtests.ts"
import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { BacktestResult } from "../../../../../src/domain/BacktestResult.ts"
import { type Api, ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { BacktestFigures } from "./BacktestFigures.tsx"
import type { RuleFields } from "./ruleForm.ts"

const spans = [[1, "the last hour"], [24, "the last 24 hours"], [168, "the last 7 days"]] as const

type State =
  | { readonly is: "idle" | "starting" }
  | { readonly is: "running"; readonly progress: BacktestProgress }
  | { readonly is: "done"; readonly result: BacktestResult }
  | { readonly is: "failed"; readonly trouble: TroubleType }

const run = (payload: BacktestAsked, tell: (event: BacktestEvent) => void) => (api: Api) =>
  Effect.gen(function*() {
    const answer = yield* api.backtests.run({ payload })
    if (Stream.isStream(answer)) yield* Stream.runForEach(answer, (event) => Effect.sync(() => tell(event)))
    else tell({ event: "result", data: answer })
  })

/** The rule as it is typed, among the saved ones: a new name is a rule of its own. */
const changesOf = (base: RuleView | null, fields: RuleFields): NonNullable<BacktestAsked["changes"]> => [
  ...(base !== null && fields.name !== undefined && fields.name !== base.name ? [{ delete: base.name }] : []),
  { put: base === null || fields.name !== undefined ? fields : { ...fields, name: base.name } }
]

/** Tries a rule on the recorded events before it is saved. Leaving it ends the run. */
export const Backtest = ({ atOnce, base, fields }: {
  readonly base: RuleView | null
  /** `undefined`: it can't be read yet. */
  readonly fields: RuleFields | undefined
  /** Begins without being asked again. */
  readonly atOnce: boolean
}) => {
  const id = useId()
  const [hours, setHours] = useState("24")
  const [host, setHost] = useState("")
  const [state, setState] = useState<State>({ is: "idle" })
  const running = useRef<AbortController>(undefined)
  const may = useMay("operator")
  const start = async () => {
    if (fields === undefined) return
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    setState({ is: "starting" })
    const payload: BacktestAsked = {
      changes: changesOf(base, fields),
      from: new Date(now() - Number(hours) * 3_600_000).toISOString(),
      ...(host.trim() === "" ? {} : { hostname: host.trim() })
    }
    const tell = (event: BacktestEvent) => {
      if (control.signal.aborted) return
      setState(
        event.event === "progress" ? { is: "running", progress: event.data } : { is: "done", result: event.data }
      )
    }
    try {
      await ask(run(payload, tell), control.signal)
    } catch (error) {
      if (!control.signal.aborted) setState({ is: "failed", trouble: troubleOf(error) })
    }
  }
  useEffect(() => {
    if (atOnce && may) void start()
    return () => running.current?.abort()
  }, [])
  const stop = () => {
    running.current?.abort()
    setState({ is: "idle" })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void start()
  }
  const busy = state.is === "starting" || state.is === "running"
  return (
    <div className="stack">
      <form className="row backtest-form" onSubmit={submit}>
        <label className="field">
          Events of
          <select value={hours} onChange={(event) => setHours(event.target.value)}>
            {spans.map(([hours, says]) => <option key={hours} value={hours}>{says}</option>)}
          </select>
        </label>
        <div className="field">
          <label htmlFor={`${id}-host`}>Host or pattern</label>
          <input
            id={`${id}-host`}
            placeholder="all hosts"
            maxLength={255}
            value={host}
            onChange={(event) => setHost(event.target.value)}
          />
        </div>
        {busy
          ? <button type="button" onClick={stop}>Stop</button>
          : (
            <Action needs="operator" className="primary" disabled={fields === undefined} onClick={() => void start()}>
              Run backtest
            </Action>
          )}
      </form>
      {fields === undefined && <p>The rule can't be read yet: see the form.</p>}
      <div role="status">
        {state.is === "starting" && <p>Compiling the rules…</p>}
        {state.is === "running" && <Progress {...state.progress} />}
      </div>
      {state.is === "failed" && <Trouble of={state.trouble} again={() => void start()} />}
      {state.is === "done" && <BacktestFigures result={state.result} />}
      {state.is === "idle" && (
        <p className="quiet-text">
          What the rule as it stands in the form would have made of recorded events, beside the saved rules. Nothing is
          changed by it.
        </p>
      )}
    </div>
  )
}

const Progress = ({ differing, of, read }: BacktestProgress) => (
  <p className="stack">
    <progress max={Math.max(1, of)} value={Math.min(read, of)} aria-label="Events read" />
    <span>
      {read.toLocaleString("en")} of about {of.toLocaleString("en")} events, {differing.toLocaleString("en")} differ.
    </span>
  </p>
)
