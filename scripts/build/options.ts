export const usage = `Usage: npm run build -- [options]

Makes one file of each program and of the command mutt, in .mutt/bundles, when the sources have changed since the last
time. What starts programs runs these files while they are of today's sources; MUTT_PROGRAMS_FROM=sources runs the sources.

  --force    build them whatever was built before
  --help     this text
`
