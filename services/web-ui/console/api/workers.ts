// oxlint-disable-next-line import/default -- the build makes it
import chain from "../workers/chain.ts?worker&url"
// oxlint-disable-next-line import/default -- the build makes it
import rules from "../workers/rules.ts?worker&url"

/** The console's workers and their addresses, as the build made them. */
const addresses = { chain, rules } as const
export type WorkerName = keyof typeof addresses

const ours: ReadonlySet<string> = new Set(Object.values(addresses))

declare global {
  /**
   * TypeScript does not know it yet, and browsers before 2026 may lack it. What a policy answers is no text for the
   * browser, and passes for one where TypeScript wants an address.
   */
  var trustedTypes: undefined | {
    readonly createPolicy: (
      name: string,
      rules: { readonly createScriptURL: (address: string) => string }
    ) => { readonly createScriptURL: (address: string) => string }
  }
}

/** The one policy that the page may have. It lets the addresses above through and no other. */
const policy = globalThis.trustedTypes?.createPolicy("console", {
  createScriptURL: (address) => {
    if (!ours.has(address)) throw new TypeError(`${address} is no worker of the console.`)
    return address
  }
})

/** Starts one of the console's workers. Whoever starts it ends it. */
export const startWorker = (name: WorkerName): Worker => {
  const address = addresses[name]
  return new Worker(policy?.createScriptURL(address) ?? address, { type: "module", name })
}
