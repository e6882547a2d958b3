import { environmentFile } from "./environmentFile.ts"
import { systemdFiles } from "./unitFile.ts"

/** Files of `deploy/` that are made from the code and the docs. */
export const deployFiles: ReadonlyArray<{ readonly path: string; readonly text: () => string }> = [
  { path: "deploy/mutt.env", text: environmentFile },
  ...systemdFiles.map(({ name, text }) => ({ path: `deploy/systemd/${name}`, text: () => text }))
]
