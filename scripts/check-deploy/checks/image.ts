import { Effect } from "effect"
import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { version } from "../../package/Dist.ts"
import { CannotRun, type Check } from "../Check.ts"
import { madePackages } from "../packages.ts"
import { scratch } from "../scratch.ts"
import { mustRun, noneOf, ran } from "../tool.ts"

/** This machine's Node and its libraries, where the base image has them. */
const makeBase = (folder: string) =>
  Effect.gen(function*() {
    const libraries = (yield* mustRun("ldd", [process.execPath])).match(/\/\S+/g) ?? []
    const files = [...libraries.map((path) => [path, path] as const), [process.execPath, "/nodejs/bin/node"] as const]
    for (const [from, to] of files) {
      mkdirSync(join(folder, dirname(to)), { recursive: true })
      copyFileSync(realpathSync(from), join(folder, to))
    }
  })

/** The image is built without an engine and without the network, on a base that is made here, and its files are run. */
export const image: Check = {
  name: "image",
  what: "buildah makes the image of the Dockerfile, and its programs run from it as 65532",
  tools: ["buildah"],
  heavy: true,
  run: (tool) =>
    Effect.gen(function*() {
      if (process.getuid?.() !== 0) return yield* new CannotRun({ because: "to build an image it must be root" })
      yield* madePackages
      const folder = yield* scratch
      const base = join(folder, "base")
      yield* makeBase(base)
      const policy = join(folder, "policy.json")
      writeFileSync(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }))
      const stored = ["--root", join(folder, "store"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"]
      // What it warns of (networks of the machine, which are not used) would stand among the names that it answers.
      const quiet = ["--log-level", "error"]
      const buildah = (...args: ReadonlyArray<string>) => mustRun(tool("buildah"), [...stored, ...quiet, ...args])
      const trusting = ["--signature-policy", policy]
      const local = ["--pull-never", ...trusting]

      const empty = yield* buildah("from", "scratch")
      yield* buildah("copy", empty, base, "/")
      yield* buildah("commit", ...trusting, "--quiet", "--rm", empty, "localhost/base")
      const built = ["--isolation", "chroot", "--build-arg", "BASE=localhost/base", "--build-arg", `VERSION=${version}`]
      yield* buildah("bud", ...local, ...built, "--tag", "localhost/mutt", ".")
      const [user = "", labelled = ""] = (yield* buildah(
        "inspect",
        "--type",
        "image",
        "--format",
        `{{.OCIv1.Config.User}} {{index .OCIv1.Config.Labels "org.opencontainers.image.version"}}`,
        "localhost/mutt"
      )).split(" ")

      const root = yield* buildah("mount", yield* buildah("from", ...local, "localhost/mutt"))
      const inside = ["--userspec=65532:65532", root, "/nodejs/bin/node", "/usr/lib/mutt/cli.mjs"]
      const said = yield* mustRun("chroot", [...inside, "--version"], { env: { NODE_EXTRA_CA_CERTS: "" } })
      // Without a setting that it needs, a program says so and ends with 1.
      const { code, said: words } = yield* ran("chroot", [...inside, "run", "moog-forwarder"])
      yield* noneOf([
        ...user === "65532:65532" ? [] : [`its user is ${user}`],
        ...labelled === version ? [] : [`it is labelled ${labelled}`],
        ...said.includes(version) ? [] : [`mutt --version says ${said}`],
        ...code === 1 && words.includes("MOOG_WEBHOOK_URL") ? [] : [`run moog-forwarder ended with ${code}: ${words}`]
      ])
      return "it runs as 65532"
    }).pipe(Effect.scoped)
}
