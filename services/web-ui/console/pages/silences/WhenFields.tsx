import { weekdays } from "../../../../../src/silence/Silence.ts"
import { scheduleWords } from "../../../../../src/silence/silenceWords.ts"
import { TimeInput } from "../../parts/TimeInput.tsx"
import type { Form } from "./form.ts"

interface Fields {
  readonly form: Form
  readonly set: (parts: Partial<Form>) => void
}

const lengths = [
  ["30", "30 min"],
  ["60", "1 h"],
  ["120", "2 h"],
  ["240", "4 h"],
  ["480", "8 h"],
  ["1440", "24 h"],
  ["4320", "3 d"],
  ["10080", "7 d"]
] as const

const lastTime = "For the last time before; never when empty"

const dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const
const places = [["1", "first"], ["2", "second"], ["3", "third"], ["4", "fourth"], ["-1", "last"]] as const

const isWhen = (text: string): text is Form["when"] => ["now", "span", "weekly", "monthly", "kept"].includes(text)

/** When a silence holds back. `made`: it is there already. */
export const WhenFields = ({ form, made, set }: Fields & { readonly made: boolean }) => (
  <div className="stack">
    <div className="row silence-when">
      <label className="field">
        When
        <select
          value={form.when}
          onChange={({ target: { value } }) => {
            if (isWhen(value)) set({ when: value })
          }}
        >
          <option value="now">from now on</option>
          <option value="span">from one time to another</option>
          <option value="weekly">every week</option>
          <option value="monthly">every month</option>
          {form.kept !== undefined && <option value="kept">as it recurs now</option>}
        </select>
      </label>
      {form.when === "now" && (
        <label className="field">
          For
          <select value={form.minutes} onChange={(event) => set({ minutes: event.target.value })}>
            {lengths.map(([minutes, words]) => <option key={minutes} value={minutes}>{words}</option>)}
          </select>
        </label>
      )}
    </div>
    {form.when === "kept" && form.kept !== undefined && <p>{scheduleWords(form.kept)}</p>}
    {(form.when === "span" || form.when === "kept") && (
      <div className="row silence-when">
        <TimeInput
          label={made ? "From, when it was made if empty" : "From, now when empty"}
          value={form.from}
          set={(from) => set({ from })}
        />
        <TimeInput
          label={form.when === "kept" ? lastTime : "Until"}
          required={form.when === "span"}
          value={form.to}
          set={(to) => set({ to })}
        />
      </div>
    )}
    {form.when === "weekly" && <Days form={form} set={set} />}
    {form.when === "monthly" && (
      <label className="field">
        On
        <select value={form.day} onChange={(event) => set({ day: event.target.value })}>
          {Array.from({ length: 31 }, (_, day) => <option key={day} value={String(day + 1)}>day {day + 1}</option>)}
          <option value="-1">the last day</option>
          {places.flatMap(([place, word]) =>
            weekdays.map((day, at) => (
              <option key={place + day} value={`${place} ${day}`}>the {word} {dayNames[at]}</option>
            ))
          )}
        </select>
      </label>
    )}
    {(form.when === "weekly" || form.when === "monthly") && <Clock form={form} set={set} />}
    <label className="row">
      <input
        type="checkbox"
        checked={form.catchUp}
        onChange={(event) => set({ catchUp: event.target.checked })}
      />
      Tell at the end what is still wrong then
    </label>
  </div>
)

const Days = ({ form, set }: Fields) => {
  const chosen = new Set(form.days.split(","))
  return (
    <fieldset className="row silence-days">
      <legend>On</legend>
      {weekdays.map((day, at) => (
        <label key={day} className="row">
          <input
            type="checkbox"
            checked={chosen.has(day)}
            onChange={(event) =>
              set({
                days: weekdays.filter((one) => one === day ? event.target.checked : chosen.has(one)).join(",")
              })}
          />
          {dayNames[at]}
        </label>
      ))}
    </fieldset>
  )
}

const Clock = ({ form, set }: Fields) => (
  <>
    <div className="row silence-when">
      <label className="field">
        From
        <input type="time" required value={form.begins} onChange={(event) => set({ begins: event.target.value })} />
      </label>
      <label className="field">
        To
        <input type="time" required value={form.ends} onChange={(event) => set({ ends: event.target.value })} />
      </label>
      <label className="field">
        By the clocks of
        <input
          required
          list="silence-zones"
          maxLength={64}
          value={form.zone}
          onChange={(event) => set({ zone: event.target.value })}
        />
      </label>
      <datalist id="silence-zones">
        {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => <option key={zone} value={zone} />)}
      </datalist>
    </div>
    {form.ends <= form.begins && <p className="quiet-text">It ends on the next day.</p>}
    <TimeInput label={lastTime} value={form.to} set={(to) => set({ to })} />
  </>
)
