// Makes the schemas of operators' kinds anew, from the Go modules of operatorKinds.ts. Needs Go and the network.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { definitions } from "./definitions.ts"
import { schemasFolder } from "./schemasFolder.ts"
import { schemaText, strictSchemas } from "./strictSchema.ts"

definitions.pipe(
  Effect.map((all) => all.flatMap(strictSchemas)),
  Effect.tap((all) =>
    Effect.sync(() => {
      for (const one of all) writeFileSync(join(schemasFolder, `${one.name}.json`), schemaText(one))
    })
  ),
  Effect.flatMap((all) => Console.log(`${all.length} schemas are in ${schemasFolder}.`)),
  Effect.tapError((because) => Console.error(because)),
  NodeRuntime.runMain
)
