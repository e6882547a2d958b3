import { type ChildProcess, spawn } from "node:child_process"

// Reads one line per process: "keep SIGNAL PID" or "drop PID". Its input ends when the parent is gone, however that
// ended; then whatever is still kept gets its signal, newest first, and ten seconds.
const script = `
trap '' INT TERM HUP
running() {
  if [ -r /proc/self/stat ]; then
    read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" && [ "$state" != Z ]
  else
    kill -0 "$1" 2>/dev/null
  fi
}
kept=
while read -r verb first second; do
  case $verb in
    keep) kept="$first:$second $kept" ;;
    drop)
      rest=
      for entry in $kept; do [ "\${entry#*:}" = "$first" ] || rest="$rest $entry"; done
      kept=$rest ;;
  esac
done
for entry in $kept; do
  kill -s "\${entry%%:*}" "\${entry#*:}" 2>/dev/null || continue
  tries=0
  while running "\${entry#*:}" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -s KILL "\${entry#*:}" 2>/dev/null
done
`

let reaper: ChildProcess | undefined

const start = (): ChildProcess => {
  const child = spawn("/bin/sh", ["-c", script, "mutt-reaper"], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"]
  })
  child.unref()
  if (child.stdin !== null && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref()
  return child
}

const tell = (line: string) => {
  reaper ??= start()
  reaper.stdin?.write(`${line}\n`)
}

/** From now on the process ends with this one, also when this one is killed and can do nothing about it. */
export const keep = (pid: number, signal: "INT" | "TERM") => tell(`keep ${signal} ${pid}`)

/** The process has ended in another way. */
export const drop = (pid: number) => tell(`drop ${pid}`)
