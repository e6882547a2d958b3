import { Redis } from "ioredis"
import { bareKeys, type ReaderTask, reports } from "./reports.ts"

// The least that a process must do to follow a hash in Redis: hear, read, and say which version it has.
const { instance, password, port, username }: ReaderTask = JSON.parse(process.argv[2] ?? "{}")
const server = { host: "127.0.0.1", port, username, password }
const [listening, asking] = [new Redis(server), new Redis(server)]
listening.on("message", async () => {
  const { _version } = await asking.hgetall(bareKeys.hash)
  await asking.rpush(reports, `${instance} ${_version}`)
})
await listening.subscribe(bareKeys.channel)
await asking.rpush(reports, `${instance} 0`)
