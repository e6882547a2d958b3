// Loads the four programs without running them, and prints where each of their imports leads, and as what kind of module.
import { registerHooks } from "node:module"
import { programNames } from "../../scripts/stack/Program.ts"

const found: Record<string, string> = {}
registerHooks({
  resolve: (specifier, context, next) => {
    const { format, url } = next(specifier, context)
    found[`${specifier} from ${context.parentURL}`] = `${url} as ${format}`
    return { url, format: format ?? null, shortCircuit: true }
  }
})
for (const name of programNames) await import(`../../services/${name}/Program.ts`)
process.stdout.write(JSON.stringify(found))
