import { copyFileSync, existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { repository, stateFolder } from "../stack/Paths.ts"

/** Pictures of the console that the docs show; the browser tests make them. */
const pictures = ["overview", "trace", "rotation"]

/** Takes over the pictures of the last browser tests; says which are missing. */
export const takePictures = (): ReadonlyArray<string> => {
  const [from, to] = [join(stateFolder, "shots"), join(repository, "docs/images")]
  mkdirSync(to, { recursive: true })
  const missing = pictures.filter((name) => !existsSync(join(from, `${name}.png`)))
  for (const name of pictures) {
    if (!missing.includes(name)) copyFileSync(join(from, `${name}.png`), join(to, `${name}.png`))
  }
  return missing
}
