/**
 * Loaded before a program of MUTT (`--import`): its imports are found without asking the disk. Node looks for each of the 1,500 anew (is there
 * such a file, where does it really lie, which package.json says what kind it is), and that is a quarter of the time until a program is ready.
 * Imports between our sources and between the modules of Effect name the file that they mean, so what Node would find is known.
 */
import { registerHooks, type ResolveFnOutput } from "node:module"

const inEffect = /\/node_modules\/@?effect\//
const ofEffect = /^@?effect(?:\/|$)/

/** Where a name of Effect's packages leads, which is the same for everybody who imports it. */
const byName = new Map<string, ResolveFnOutput>()

registerHooks({
  resolve: (specifier, context, next) => {
    const { parentURL } = context
    if (parentURL === undefined) return next(specifier, context)
    if (specifier.startsWith(".")) {
      const found = (format: string) => ({ url: new URL(specifier, parentURL).href, format, shortCircuit: true })
      if (specifier.endsWith(".ts")) return found("module-typescript")
      return specifier.endsWith(".js") && inEffect.test(parentURL) ? found("module") : next(specifier, context)
    }
    if (!ofEffect.test(specifier)) return next(specifier, context)
    const known = byName.get(specifier)
    if (known !== undefined) return known
    const first = { ...next(specifier, context), shortCircuit: true }
    byName.set(specifier, first)
    return first
  }
})
