import { Console, Effect } from "effect"
import { programNames } from "../../stack/Program.ts"
import type { Proof } from "../Proof.ts"
import { installLines, standIn } from "./installLines.ts"
import type { Machine } from "./Machine.ts"

/** What the lines of one section leave to those of the next, as one shell would. */
const variables = "/srv/variables"
const names = "(DB|REDIS|INGEST|VIEWER|ADMIN)_[A-Z_]+"
const remembering = (lines: string) =>
  `[ ! -e ${variables} ] || . ${variables}\n${lines}\ndeclare -p | grep -E '^declare -[x-]+ ${names}=' > ${variables}\n`

/** Every file but those of the servers and of the system's own book-keeping. */
const filesHere =
  `find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /root -o -path /srv -o -path /tmp \\
  -o -path /var/tmp -o -path /var/lib/postgresql -o -path /var/lib/redis -o -path /var/log -o -path /var/cache/apt -o -path /var/cache/debconf \\
  -o -path /var/cache/ldconfig -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/lib/systemd \\) -prune -o -print | sort`

/** Pages that processes share, as those of Node itself, are counted once. */
const heldMegabytes = `for pid in $(pgrep -u mutt); do grep ^Pss: /proc/$pid/smaps_rollup; done \\
  | awk '{ sum += $2 } END { print int(sum / 1024) }'`

const delivered = (least: number) =>
  `for i in $(seq 200); do
     count=$(curl -s 127.0.0.1:${standIn.port}/events | node -p 'JSON.parse(require("fs").readFileSync(0)).count')
     [ "$count" -lt ${least} ] || break
     sleep 0.1
   done
   echo "delivered $count"`

const secondsSince = (begun: number) => Math.round((performance.now() - begun) / 100) / 10

const step = (machine: Machine, what: string, lines: string) =>
  Effect.andThen(Console.error(what), machine.shell(what, lines))

/** From the servers to the first event, by the lines of the page; then away with it. */
export const debianInstall = (machine: Machine) =>
  Effect.gen(function*() {
    yield* step(
      machine,
      "a stand-in of the platform",
      `systemd-run --quiet --unit=stand-in -E MOOG_API_KEY="${standIn.key}" node /srv/stand-in.mjs`
    )
    yield* step(machine, "INSTALL.md: servers", installLines("Servers and secrets"))
    const before = yield* machine.shell("files before", filesHere)
    const begun = performance.now()
    yield* step(machine, "INSTALL.md: Debian package", remembering(installLines("Debian package")))
    const ready = secondsSince(begun)
    yield* step(machine, "INSTALL.md: the first event", remembering(installLines("The first event")))
    const said = yield* machine.shell("the platform", delivered(1))
    const first = secondsSince(begun)
    const held = Number(yield* machine.shell("memory", heldMegabytes))
    const hardened = yield* machine.shell("hardening", "systemctl show -p ProtectSystem --value mutt-ingestor@1")
    const failed = yield* machine.shell("units", "systemctl --failed --plain --no-legend | grep -c mutt || true")
    const checked = yield* step(
      machine,
      "INSTALL.md: for production",
      `(${installLines("For production")}) > checked 2>&1 || true; cat checked`
    )
    const unchecked = programNames.filter((name) =>
      !checked.includes(`\n${name}\n`) && !checked.startsWith(`${name}\n`)
    )
    // The servers of the page are on this machine, and what it does without is a line of the page each.
    const wrong = checked.split("\n").filter((line) =>
      /PROBLEM +(?:settings|variables|files|secrets|redis|postgres|schema)/.test(line)
    )
    yield* machine.shell("keep what npm needs", "cp /etc/mutt/mutt.env /var/lib/mutt/*secrets.json .")
    yield* step(machine, "INSTALL.md: removal", installLines("Update and removal"))
    const after = new Set((yield* machine.shell("files after", filesHere)).split("\n"))
    const known = new Set(before.split("\n"))
    const left = [...after].filter((path) => !known.has(path))
    const users = yield* machine.shell("users", "getent passwd mutt || getent group mutt || true")
    const running = yield* machine.shell("processes", "pgrep -c -f '^node .*/usr/lib/mutt/' || true")
    const proof: Proof = {
      what: "The Debian package, by the lines of INSTALL.md",
      figures: {
        "seconds until the four programs are ready": ready,
        "seconds until the first event is delivered": first,
        "MB that the four programs hold": held,
        "files and folders that a purge leaves": left.length
      },
      problems: [
        ...said.includes("delivered 1") ? [] : [`the stand-in of the platform has not one event: ${said}`],
        ...hardened.trim() === "strict" ? [] : [`the unit is not hardened: ${hardened}`],
        ...failed.trim() === "0" ? [] : [`${failed.trim()} units failed`],
        ...held > 0 && held <= 450 ? [] : [`the programs hold ${held} MB; 450 are allowed`],
        ...unchecked.map((name) => `mutt check-config says nothing of ${name}: ${checked}`),
        ...wrong.map((line) => `mutt check-config finds what the page does: ${line.trim()}`),
        ...left.map((path) => `a purge leaves ${path}`),
        ...users.trim() === "" ? [] : [`a purge leaves ${users.trim()}`],
        ...running.trim() === "0" ? [] : ["a purge leaves programs that run"]
      ]
    }
    return proof
  })

/** The same programs from npm's package, on the servers that are there. */
export const npmInstall = (machine: Machine) =>
  Effect.gen(function*() {
    const begun = performance.now()
    const files = "MUTT_SECRETS_FILE=/srv/secrets.json MUTT_SECRETS_ADMIN_FILE=/srv/web-ui-secrets.json"
    const settings = `set -a; . ./mutt.env; MUTT_SECRETS=file ${files}; set +a`
    yield* step(
      machine,
      "INSTALL.md: npm",
      `${settings}; ${installLines("npm")}`
    )
    const ready = secondsSince(begun)
    const said = yield* step(
      machine,
      "an event through npm's package",
      `. ${variables}; ${
        installLines("The first event").split("\n").filter((line) => /^curl|^ {2}-d/.test(line)).join("\n").replace(
          "core-1",
          "core-2"
        )
      }\n${delivered(2)}`
    )
    const proof: Proof = {
      what: "The npm package, by the lines of INSTALL.md",
      figures: { "seconds until the four programs are ready": ready },
      problems: said.includes("delivered 2") ? [] : [`the stand-in of the platform has not two events: ${said}`]
    }
    return proof
  })
