import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"

const preload = new URL("shiftedClock.ts", import.meta.url).href

/** The clocks of programs, as files in a folder that say what each is wrong by. */
export const clocksIn = (folder: string) => {
  const fileOf = (instance: string) => join(folder, `${instance}.clock`)
  return {
    fileOf,
    /** What makes an instance go by its file. */
    environmentOf: (instance: string) =>
      Effect.sync((): Readonly<Record<string, string>> => {
        writeFileSync(fileOf(instance), "0")
        return { NODE_OPTIONS: `--import ${preload}`, MUTT_TEST_CLOCK: fileOf(instance) }
      })
  }
}
