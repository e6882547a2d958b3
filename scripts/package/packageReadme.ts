/** What somebody reads who opens the package. */
export const packageReadme = `# MUTT

Multi-Use Telemetry Tool: takes in syslog and SNMP traps, decides by rules, delivers what matters once, with a record of
why. This package holds everything but Node.js (22.19 or newer), PostgreSQL (15 or newer) and Redis (7 or newer) or
Valkey.

| command | does |
|---|---|
| \`mutt-ingestor\` | takes events in, over HTTP and syslog |
| \`mutt-alerter\` | decides by rules, records every decision |
| \`mutt-moog-forwarder\` | delivers to the incident platform |
| \`mutt-web-ui\` | API and console |
| \`mutt\` | for people and scripts; \`mutt migrate\` makes the tables |
| \`mutt-setup-servers\` | prints what makes the accounts in PostgreSQL and Redis |

\`man mutt-ingestor\` and its neighbours list the settings, which are environment variables. NOTICE has the licences of
the libraries, sbom.cdx.json lists them.
`
