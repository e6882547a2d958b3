import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import * as alertScripts from "../../layers/queue/alertScripts.ts"
import * as queueScripts from "../../layers/queue/scripts.ts"
import { repository } from "../stack/Paths.ts"
import { boundaryViolations, floors } from "./boundaries.ts"
import { lockfileGaps } from "./lockfile.ts"
import { luaViolations } from "./lua.ts"
import { machinePaths } from "./machineWords.ts"
import { requirementGaps, unhashedInstalls } from "./pythonPackages.ts"
import { sourceFile } from "./SourceFile.ts"
import { sourceFiles } from "./sourceFiles.ts"

const listed = sourceFiles()

const read = (path: string) => readFileSync(join(repository, path), "utf8")
const isText = (path: string) =>
  /\.(?:tsx?|lua|md|sh|json|yml|html|css|js|conf)$|(?:^|\/)run$/.test(path) && path !== "package-lock.json"

const luaFile = (path: string) => ({ path, text: read(path) })
const luaPrograms = [...Object.values(queueScripts), ...Object.values(alertScripts)].map(({ files, prelude }) => ({
  prelude,
  files: files.map((file) => luaFile(relative(repository, fileURLToPath(file))))
}))

const violations = [
  ...boundaryViolations(
    listed.filter((path) => /^(?:src|layers|services|scripts|test)\/.*\.tsx?$/.test(path)).map((path) =>
      sourceFile(path, read(path))
    )
  ),
  ...luaViolations(listed.filter((path) => path.endsWith(".lua")).map(luaFile), luaPrograms),
  ...listed.filter((path) => /(?:^|\/)package-lock\.json$/.test(path)).flatMap((path) =>
    lockfileGaps(path, read(path), read(path.replace("package-lock.json", "package.json")))
  ),
  ...listed.filter((path) => /^scripts\/bootstrap\/.*\.txt$/.test(path)).flatMap((path) =>
    requirementGaps(path, read(path))
  ),
  ...listed.filter((path) => /\.sh$|(?:^|\/)run$/.test(path)).flatMap((path) => unhashedInstalls(path, read(path))),
  ...listed.filter(isText).flatMap((path) => machinePaths(path, read(path), repository)),
  ...listed.filter((path) =>
    path.includes("/") && !/^(?:src|layers|services|deploy|docs|scripts|test|\.ci)\//.test(path)
  ).map(
    (path) => ({
      path,
      line: 1,
      message: "is in a top-level folder that the layout does not have"
    })
  )
]

const main = Effect.gen(function*() {
  for (const { line, message, path } of violations) yield* Console.error(`${path}:${line} ${message}`)
  if (violations.length > 0) return yield* Effect.sync(() => void (process.exitCode = 1))
  yield* Console.log("The floors of layers, the lowest first; arrows go down:")
  for (const [index, rooms] of floors.entries()) yield* Console.log(`  ${index + 1}  ${rooms.join(", ")}`)
  yield* Console.log(`${listed.length} files, each where it belongs`)
})

NodeRuntime.runMain(main)
