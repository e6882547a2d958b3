import { version } from "./Dist.ts"

/** Debian has a package `mutt`, which reads mail. */
export const debianName = "mutt-telemetry"

/** Who publishes is asked by the names that Debian's own tools ask by; else nobody is reached, and the address says so. */
const maintainer = () =>
  `${process.env["DEBFULLNAME"] ?? "MUTT maintainers"} <${process.env["DEBEMAIL"] ?? "maintainers@mutt.invalid"}>`

export const control = (kibibytes: number): string =>
  `Package: ${debianName}
Version: ${version}
Architecture: all
Maintainer: ${maintainer()}
Installed-Size: ${kibibytes}
Depends: nodejs (>= 22.19), systemd | systemd-standalone-sysusers | systemd-sysusers, systemd | systemd-standalone-tmpfiles | systemd-tmpfiles
Suggests: postgresql (>= 15), valkey-server | redis-server (>= 5:7)
Conflicts: mutt
Section: net
Priority: optional
Description: takes in syslog and SNMP traps, delivers what matters
 The Multi-Use Telemetry Tool decides by rules what matters, delivers it
 once, and keeps a record of why.
 .
 Four programs, each any number of times: ingestor, alerter, moog-forwarder,
 web-ui. They need PostgreSQL and Redis or Valkey, here or elsewhere.
 .
 This is not the mail reader of the same command, which it cannot be installed
 beside.
`

/** What lintian asks for and is answered otherwise here. */
export const lintianOverrides = `# One target starts and stops all instances of a machine; multi-user.target wants it.
${debianName}: systemd-service-file-refers-to-unusual-wantedby-target mutt.target *
`

export const conffiles = "/etc/mutt/mutt.env\n"

/** Programs that run are left alone: who updates several machines says when each starts again. */
export const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  systemd-sysusers /usr/lib/sysusers.d/mutt.conf
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/mutt.conf
fi
if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
`

export const prerm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop mutt.target 'mutt-*@*.service' || true
fi
`

/** Secrets, settings kept for a start without Redis, and checkpoints of the audit go with a purge, and so does the user. */
export const postrm = `#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -rf /etc/mutt /var/lib/mutt /var/cache/mutt
  rm -rf /etc/systemd/system/mutt.target.wants
  rm -f /etc/systemd/system/multi-user.target.wants/mutt.target
  if getent passwd mutt >/dev/null; then userdel mutt; fi
  if getent group mutt >/dev/null; then groupdel mutt; fi
fi
if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
`

export const changelog = (seconds: number): string =>
  `${debianName} (${version}) unstable; urgency=medium

  * Release ${version}; what it changes is in CHANGELOG.md.

 -- ${maintainer()}  ${new Date(seconds * 1_000).toUTCString().replace("GMT", "+0000")}
`

export const copyright = (licence: string, notice: string): string =>
  `MUTT

${licence.trim()}

${"=".repeat(80)}

${notice}`
