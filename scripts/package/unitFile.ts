import { type ProgramName, programNames } from "../stack/Program.ts"

const does: Readonly<Record<ProgramName, string>> = {
  ingestor: "takes events in",
  alerter: "decides by rules",
  "moog-forwarder": "delivers to the incident platform",
  "web-ui": "API and console"
}

/** The web-ui alone writes there: it changes passwords in the secret store, and keeps checkpoints of the audit. */
const state = (program: ProgramName): string =>
  program === "web-ui" ? "StateDirectory=mutt\nStateDirectoryMode=0700\n" : ""

const unit = (program: ProgramName): string =>
  `[Unit]
Description=MUTT ${program} %i: ${does[program]}
Documentation=man:mutt-${program}(8)
PartOf=mutt.target
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=mutt-${program}
User=mutt
Group=mutt
Environment=POD_NAME=%p-%i-%l
Environment=MUTT_SECRETS=file MUTT_SECRETS_FILE=%S/mutt/secrets.json
Environment=CONFIG_LAST_KNOWN_GOOD=%C/mutt/%p-%i/settings.json
Environment=NODE_COMPILE_CACHE=%C/mutt/%p-%i/compiled
EnvironmentFile=-/etc/mutt/mutt.env
EnvironmentFile=-/etc/mutt/%p.env
EnvironmentFile=-/etc/mutt/%p-%i.env
CacheDirectory=mutt/%p-%i
CacheDirectoryMode=0700
${state(program)}Restart=always
RestartSec=2
TimeoutStopSec=45
LimitNOFILE=65536
UMask=0077

# No MemoryDenyWriteExecute: V8 compiles what it runs.
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
LockPersonality=yes
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=mutt.target
DefaultInstance=1
`

const target = `[Unit]
Description=MUTT: the programs of this machine
Documentation=man:mutt(1)

[Install]
WantedBy=multi-user.target
`

const users = `u mutt - "MUTT" /var/lib/mutt /usr/sbin/nologin
`

const folders = `d /var/lib/mutt 0700 mutt mutt -
d /var/cache/mutt 0755 root root -
`

const madeBy = "# Made by npm run docs from scripts/package/unitFile.ts.\n"

/** What systemd reads, by the name of the file in deploy/systemd. */
export const systemdFiles: ReadonlyArray<{ readonly name: string; readonly text: string }> = [
  ...programNames.map((program) => ({ name: `mutt-${program}@.service`, text: unit(program) })),
  { name: "mutt.target", text: target },
  { name: "mutt.sysusers", text: users },
  { name: "mutt.tmpfiles", text: folders }
].map(({ name, text }) => ({ name, text: madeBy + text }))
