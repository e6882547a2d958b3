export const usage = `Usage: npm run build -- [options]

Bundles the programs and the command mutt, in .mutt/bundles, when the sources have changed since the last
time. What starts programs runs these files while they are of today's sources; MUTT_PROGRAMS_FROM=sources runs the sources.

  --force    build them whatever was built before
  --help     this text
`
