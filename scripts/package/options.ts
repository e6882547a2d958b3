import * as flags from "../command-line/flags.ts"
import { script } from "../command-line/Script.ts"

export const options = script(
  "package",
  `Makes what ships, in .mutt/dist: the tree of files that the image copies, the npm package, and the Debian package where
there is dpkg-deb. The same sources give the same bytes: files bear the time of the last commit, or SOURCE_DATE_EPOCH.
DEBFULLNAME and DEBEMAIL say who maintains the Debian package.`,
  {
    output: flags.text("output", "FOLDER", "Where packages and bill of materials go (default .mutt/dist)", undefined),
    only: flags.choice(
      "only",
      ["tree", "npm", "deb"],
      "That alone; the two packages make the tree anew, unless --keep-tree",
      undefined
    ),
    keepTree: flags.toggle("keep-tree", "Take the tree that is there"),
    json: flags.json
  }
)
