export type Runtime = "node" | "deno"

/**
 * V8 sizes its heap for speed. A nursery of 8 MB and an old generation that is collected once it is 60 % larger than
 * what was alive keep each program below 200 MB at full load (330 without), for a few percent of its processor time.
 * One thread collects the nursery: several find too little to share, and on two cores they take those from the rest
 * (intake of batches is a quarter faster without).
 */
const v8Flags = ["--max-semi-space-size=8", "--heap-growing-percent=60", "--no-parallel-scavenge"]

/**
 * The nursery is collected while the old generation is being marked, too: otherwise whatever arrives meanwhile ends up
 * there. Deno's V8 knows no such flag.
 */
const nodeFlags = [...v8Flags, "--no-separate-gc-phases"]

/**
 * Node loads this before a program that runs from its sources. It is a URL, since a path may hold characters that mean
 * something in one.
 */
export const preload = new URL("preload.ts", import.meta.url).href

/** What a runtime is started with in production, before the path of a program's bundle. */
export const runtimeFlags: Readonly<Record<Runtime, ReadonlyArray<string>>> = {
  node: nodeFlags,
  deno: ["run", "--allow-all", "--no-prompt", "--quiet", `--v8-flags=${v8Flags.join(",")}`]
}

/** What comes after these where the path is that of its `main.ts`. */
export const sourceFlags: Readonly<Record<Runtime, ReadonlyArray<string>>> = {
  node: ["--import", preload],
  deno: []
}

/**
 * The environment that production needs; in the folder Node keeps what it compiled, so that the next start is quicker.
 */
export const runtimeEnvironment = (compileCache?: string): Readonly<Record<string, string>> => ({
  // glibc keeps a heap for each thread; two hold what the threads of Node share out, and spare the busy ingestor 20 MB.
  MALLOC_ARENA_MAX: "2",
  ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache })
})
