// Looks at node_modules with nothing but Node.js, before anything of it can be trusted.
//
//   node packages.cjs matches-lock   exit 0 when what npm says it installed is what package-lock.json wants
//   node packages.cjs check          exit 0 when each program and native part for this machine is there and loads

const { existsSync, readFileSync } = require("node:fs")
const { spawnSync } = require("node:child_process")
const { join, resolve } = require("node:path")

const root = resolve(__dirname, "../..")
const packagesOf = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages

const matchesLock = () => {
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return false
  const wanted = packagesOf("package-lock.json")
  const installed = packagesOf("node_modules/.package-lock.json")
  const missing = ([path, entry]) =>
    path !== "" &&
    (installed[path] === undefined ? !(entry.optional && !fits(entry)) : installed[path].version !== entry.version)
  return !Object.entries(wanted).some(missing) && Object.keys(installed).every((path) => wanted[path] !== undefined)
}

const glibc = process.platform !== "linux" || process.report.getReport().header.glibcVersionRuntime !== undefined

/** Whether npm should install a package here, by its `os`, `cpu` and `libc`. */
const fits = ({ cpu, libc, os }) =>
  (os === undefined || [os].flat().includes(process.platform)) &&
  (cpu === undefined || [cpu].flat().includes(process.arch)) &&
  (libc === undefined || process.platform !== "linux" || [libc].flat().includes(glibc ? "glibc" : "musl"))

/** What is wrong with a package that is made for one kind of machine; `undefined` when it is there and loads. */
const fault = (path) => {
  const folder = join(root, path)
  if (!existsSync(folder)) return "is missing"
  const { main = "" } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  if (!main.endsWith(".node")) return undefined
  try {
    require(folder)
    return undefined
  } catch (error) {
    return `does not load: ${error.message}`
  }
}

const programs = ["deno", "dprint", "oxlint", "tsc", "vitest"]
const runs = (program) => {
  const { error, status } = spawnSync(join(root, "node_modules/.bin", program), ["--version"], {
    stdio: "ignore",
    env: { ...process.env, PATH: `${join(process.execPath, "..")}:${process.env.PATH}` }
  })
  return error === undefined && status === 0
}

const faults = () => [
  ...Object.entries(packagesOf("package-lock.json"))
    .filter(([, entry]) => (entry.os !== undefined || entry.cpu !== undefined) && fits(entry))
    .flatMap(([path]) => {
      const found = fault(path)
      return found === undefined ? [] : [`${path} ${found}`]
    }),
  ...programs.filter((program) => !runs(program)).map((program) =>
    `${program} (node_modules/.bin/${program}) does not run`
  )
]

if (process.argv[2] === "matches-lock") process.exit(matchesLock() ? 0 : 1)
const found = faults()
for (const line of found) process.stderr.write(`bootstrap:   ${line}\n`)
process.exit(found.length === 0 ? 0 : 1)
