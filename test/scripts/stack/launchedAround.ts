/** What the programs of a stack share, for tests that only look at how one is started. */
export const launchedAround = {
  runtime: "node",
  postgresPort: 1,
  database: "mutt",
  redisPort: 2,
  user: "mutt",
  secretsFile: "secrets.json",
  moogUrl: "http://127.0.0.1:3"
} as const
