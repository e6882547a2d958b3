import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { commandsOf } from "../docs/commands.ts"
import { repository } from "../stack/Paths.ts"
import { type ProgramName, programNames } from "../stack/Program.ts"
import { version } from "./Dist.ts"
import { type SettingTable, settingTables } from "./settingTables.ts"

/** Text as troff takes it: no line begins with a command, and a hyphen is the one that people type. */
const troff = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^([.'])/gm, "\\&$1")

const item = (name: string, meaning: string): string => `.TP\n.B ${troff(name)}\n${troff(meaning)}\n`

const header = (page: string, section: number, seconds: number): string =>
  `.TH ${page} ${section} ${new Date(seconds * 1_000).toISOString().slice(0, 10)} "MUTT ${version}" "MUTT"\n`

/** The command `mutt`, from the descriptions that `--help` prints. */
const muttPage = (seconds: number): string => {
  const commands = commandsOf("scripts/mutt.ts").filter(({ meanings, name }) => name !== "" && meanings.size > 0)
  const sections = commands.map(({ does, meanings, name }) =>
    `.SS "mutt ${troff(name)}"\n${troff(does)}\n${[...meanings].map(([flag, meaning]) => item(flag, meaning)).join("")}`
  )
  return `${header("MUTT", 1, seconds)}.SH NAME
mutt \\- operate MUTT, the Multi\\-Use Telemetry Tool
.SH SYNOPSIS
.B mutt
.I command
.RI [ options ]
.SH DESCRIPTION
Speaks to the web\\-ui program of MUTT, at MUTT_URL with the key in MUTT_API_KEY. Each command has \\-\\-help.
.SH COMMANDS
${sections.join("")}.SH SEE ALSO
${programNames.map((name) => `.BR mutt\\-${troff(name)} (8)`).join(",\n")}
`
}

const headings: Readonly<Record<ProgramName, string>> = {
  ingestor: "Ingestor",
  alerter: "Alerter",
  "moog-forwarder": "Moog forwarder",
  "web-ui": "Web UI"
}

const does: Readonly<Record<ProgramName, string>> = {
  ingestor: "takes events in, over HTTP and syslog",
  alerter: "decides about events by rules, and records every decision",
  "moog-forwarder": "delivers alerts to the incident platform",
  "web-ui": "API and console of MUTT"
}

const settingsSection = (title: string, table: SettingTable | undefined): string =>
  `.SS ${title}\n${
    (table?.settings ?? []).map(({ meaning, name, standard }) =>
      item(standard === "" ? name : `${name}=${standard}`, meaning)
    ).join("")
  }`

const programPage = (program: ProgramName, seconds: number): string => {
  const tables = settingTables()
  const table = (heading: string) => tables.find((one) => one.heading === heading)
  return `${header(`MUTT-${program.toUpperCase()}`.replaceAll("-", "\\-"), 8, seconds)}.SH NAME
mutt\\-${troff(program)} \\- ${troff(does[program])}
.SH SYNOPSIS
.B systemctl enable \\-\\-now mutt\\-${troff(program)}@1
.SH DESCRIPTION
One of the four programs of MUTT. Any number of it may run; each has a name of its own.
.SH ENVIRONMENT
Read from /etc/mutt/mutt.env, then from mutt\\-${troff(program)}.env beside it.
${settingsSection("\"Every program\"", table("Every program"))}${
    settingsSection("\"This program\"", table(headings[program]))
  }.SH SEE ALSO
.BR mutt (1)
`
}

/** The sections of what `--help` prints are those of the page. */
const setupPage = (seconds: number): string => {
  const help = execFileSync(process.execPath, [join(repository, "scripts/setup-servers.ts"), "--help"], {
    encoding: "utf8"
  })
  const text = troff(help.replace("npm run setup-servers --", "mutt-setup-servers"))
  return `${header("MUTT\\-SETUP\\-SERVERS", 1, seconds)}.SH NAME
mutt\\-setup\\-servers \\- prints what makes the accounts of MUTT in PostgreSQL and Redis
${text.replaceAll(/^([A-Z]+)$/gm, ".SH $1\n.nf")}.fi
`
}

/** Every page, by the name of its file. */
export const manPages = (seconds: number): ReadonlyArray<{ readonly name: string; readonly text: string }> => [
  { name: "mutt.1", text: muttPage(seconds) },
  { name: "mutt-setup-servers.1", text: setupPage(seconds) },
  ...programNames.map((program) => ({ name: `mutt-${program}.8`, text: programPage(program, seconds) }))
]
