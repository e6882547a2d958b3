/**
 * Resolves the imports of a program without asking the disk; Node loads it first (`--import`). Node looks for each of
 * the 1,500 anew (is there such a file, where does it really lie, which package.json says what kind it is), which is a
 * quarter of the time until a program is ready. Imports between our sources and between Effect's modules name the file
 * that they mean, so what Node would find is known.
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
      const resolved = (format: string) => ({ url: new URL(specifier, parentURL).href, format, shortCircuit: true })
      if (specifier.endsWith(".ts")) return resolved("module-typescript")
      return specifier.endsWith(".js") && inEffect.test(parentURL) ? resolved("module") : next(specifier, context)
    }
    if (!ofEffect.test(specifier)) return next(specifier, context)
    const known = byName.get(specifier)
    if (known !== undefined) return known
    const first = { ...next(specifier, context), shortCircuit: true }
    byName.set(specifier, first)
    return first
  }
})
