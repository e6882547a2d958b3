import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router"
import { type FormEvent, useMemo, useRef, useState } from "react"
import { clockOffsetMs } from "../api/clock.ts"
import { useConnection, useTold } from "../api/Feed.ts"
import { useKept } from "../api/kept.ts"
import { logOut, useSession } from "../api/session.ts"
import { beep, soundPlace } from "../api/sound.ts"
import { durationText, useTick, useZone, zoneName } from "../parts/Time.tsx"
import { LoginEnd } from "./LoginEnd.tsx"
import { newestUndo, Notices, notify, takeBack } from "./Notices.tsx"
import { KeyHelp, Palette } from "./Palette.tsx"
import { places } from "./places.ts"
import { useShortcuts } from "./Shortcuts.ts"
import { SignInAgain } from "./SignIn.tsx"
import { Unencrypted } from "./Unencrypted.tsx"
import { useNotReady } from "./useNotReady.ts"
import "../parts/Severity.css"
import "./Shell.css"

/** The frame of every page: menu, search, what is wrong anywhere, who is here. */
export const Shell = () => {
  const [open, setOpen] = useState<"palette" | "keys" | undefined>(undefined)
  const search = useRef<HTMLInputElement>(null)
  const navigate = useNavigate()
  useTold("fleet")
  const shortcuts = useMemo(() => [
    { keys: "/", says: "Search events", run: () => search.current?.focus() },
    { keys: "Ctrl+k", says: "Open the command palette", run: () => setOpen("palette") },
    { keys: ":", says: "Open the command palette", run: () => setOpen("palette") },
    { keys: "?", says: "Show the keys", run: () => setOpen("keys") },
    { keys: "y", says: "Copy a link to exactly this", run: copyLink },
    { keys: "u", says: "Undo the last change", run: undoLast },
    ...places.map(({ letter, path, title }) => ({
      keys: `g ${letter}`,
      says: `Go to ${title}`,
      run: () => void navigate({ to: path })
    }))
  ], [])
  useShortcuts(shortcuts)
  return (
    <div className="shell">
      <a className="skip" href="#main">Skip to content</a>
      <Header search={search} openPalette={() => setOpen("palette")} />
      <Menu />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Notices />
      <SignInAgain />
      <LoginEnd />
      {open === "palette" && <Palette close={() => setOpen(undefined)} />}
      {open === "keys" && <KeyHelp close={() => setOpen(undefined)} />}
    </div>
  )
}

const copyLink = () => {
  navigator.clipboard.writeText(location.href).then(
    () => notify("The link is copied."),
    () => notify(`The browser did not allow to copy. The link: ${location.href}`)
  )
}

const undoLast = () => {
  const newest = newestUndo()
  if (newest === undefined) notify("There is nothing to take back.")
  else void takeBack(newest)
}

const Menu = () => {
  const here = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <nav className="menu" aria-label="Pages">
      <ul>
        {places.map(({ group, path, title }, at) => (
          <li key={path} className={at > 0 && places[at - 1]?.group !== group ? "apart" : undefined}>
            <Link to={path} aria-current={here.startsWith(path) ? "page" : undefined}>{title}</Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const Header = ({ openPalette, search }: {
  readonly search: React.RefObject<HTMLInputElement | null>
  readonly openPalette: () => void
}) => {
  const navigate = useNavigate()
  const [text, setText] = useState("")
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() !== "") void navigate({ to: "/events", search: { q: text.trim() } })
  }
  return (
    <header className="header">
      <span className="brand">MUTT</span>
      <form role="search" onSubmit={submit}>
        <input
          ref={search}
          type="search"
          aria-label="Search events by host, id or message"
          placeholder="Host, id or message  /"
          maxLength={1_024}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      <button type="button" className="quiet" onClick={openPalette}>
        Commands <kbd>Ctrl K</kbd>
      </button>
      <NotReady />
      <PlainHttp />
      <Connection />
      <ZoneChoice />
      <Person />
    </header>
  )
}

const NotReady = () => {
  const count = useNotReady()
  if (count === undefined) return null
  return (
    <Link to="/fleet" className={count === 0 ? "severity well" : "severity err"}>
      {count === 0 ? "✓ all ready" : `▲ ${count} not ready`}
    </Link>
  )
}

const PlainHttp = () => {
  const state = useSession()
  return "session" in state && state.session.plain_http ? <Unencrypted /> : null
}

const Connection = () => {
  const { is, since } = useConnection()
  useTick()
  const words = is === "lost"
    ? `connection lost ${durationText(new Date().getTime() - since)} ago, trying again`
    : undefined
  const clock = Math.abs(clockOffsetMs()) > 5_000 ? "this computer's clock differs from the server's" : undefined
  return (
    <span className="connection" role="status">
      {words !== undefined && <span className="severity warning">◆ {words}</span>}
      {clock !== undefined && <span className="severity warning">◆ {clock}</span>}
    </span>
  )
}

const ZoneChoice = () => {
  const [zone, setZone] = useZone()
  const own = zoneName("local")
  return (
    <select aria-label="Time zone" value={zone} onChange={(event) => setZone(event.target.value)}>
      <option value="UTC">UTC</option>
      {own !== "UTC" && <option value="local">{own}</option>}
      {zone !== "UTC" && zone !== "local" && <option value={zone}>{zone}</option>}
    </select>
  )
}

const Person = () => {
  const state = useSession()
  const [theme, setTheme] = useKept("theme", "system")
  const [density, setDensity] = useKept("density", "comfortable")
  const [sound, setSound] = useKept(soundPlace, "off")
  const [letters, setLetters] = useKept("letters", "on")
  if (!("session" in state)) return null
  const { caller, person, role } = state.session
  return (
    <details className="person">
      <summary>{person ?? caller} · {role}</summary>
      <div className="person-menu stack">
        <Choice label="Theme" value={theme} set={setTheme} options={["system", "light", "dark"]} />
        <Choice label="Density" value={density} set={setDensity} options={["comfortable", "compact"]} />
        <Choice
          label="Sound for what is critical and new"
          value={sound}
          set={(value) => {
            setSound(value)
            if (value === "on") beep()
          }}
          options={["off", "on"]}
        />
        <Choice label="Single-letter keys" value={letters} set={setLetters} options={["on", "off"]} />
        <button type="button" onClick={() => void logOut()}>Log out</button>
      </div>
    </details>
  )
}

const Choice = ({ label, options, set, value }: {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly options: ReadonlyArray<string>
}) => (
  <label className="field">
    {label}
    <select value={value} onChange={(event) => set(event.target.value)}>
      {options.map((option) => <option key={option}>{option}</option>)}
    </select>
  </label>
)
