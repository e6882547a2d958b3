export const usage = `Usage: npm run console -- [options]

Builds the console that the web-ui serves at /console/, when its sources have changed since the last time.

  --force    build it whatever was built before
  --watch    serve it live on a port of its own, for a stack that runs (MUTT_URL, else http://127.0.0.1:8090)
  --help     this text
`
