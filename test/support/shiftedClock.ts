/**
 * Loaded before a program (`--import`): its clock is wrong by the milliseconds in the file MUTT_TEST_CLOCK, and follows
 * when those change. Only the time of day: what measures how long something took goes on, as it does when a clock is
 * set.
 */
import { readFileSync } from "node:fs"

const file = process.env["MUTT_TEST_CLOCK"] ?? ""
const RealDate = Date
const realNow = Date.now
let offset = 0

const look = () => {
  const text = readFileSync(file, "utf8")
  // Empty for the moment in which it is written.
  if (text !== "") offset = Number(text)
}

if (file !== "") {
  look()
  setInterval(look, 100).unref()
  const now = () => realNow() + offset
  RealDate.now = now
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: (target) => new target(now()).toString()
  })
}
