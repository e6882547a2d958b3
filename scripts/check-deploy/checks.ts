import type { Check } from "./Check.ts"
import { chart } from "./checks/chart.ts"
import { chartStrict } from "./checks/chartStrict.ts"
import { compose } from "./checks/compose.ts"
import { debianPackage } from "./checks/debianPackage.ts"
import { dockerfile } from "./checks/dockerfile.ts"
import { image } from "./checks/image.ts"
import { npmPackage } from "./checks/npmPackage.ts"
import { reproducible } from "./checks/reproducible.ts"
import { systemdUnits } from "./checks/systemdUnits.ts"

/** Every check of what ships, in the order in which they run. */
export const checks: ReadonlyArray<Check> = [
  npmPackage,
  debianPackage,
  systemdUnits,
  dockerfile,
  image,
  compose,
  reproducible,
  chart,
  chartStrict
]
