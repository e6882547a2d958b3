import type { FleetProcess } from "../../../../../src/api/web-ui/Fleet.ts"
import { Matrix } from "../../parts/Matrix.tsx"
import { Panel } from "../../parts/Panel.tsx"
import { Licences } from "./Licences.tsx"
import { buildText, buildWords } from "./words.ts"
import "./Builds.css"

/** Which code each process runs, on what, and on whose terms. */
export const Builds = ({ processes }: { readonly processes: ReadonlyArray<FleetProcess> }) => (
  <Panel title="Build and licences">
    <div className="stack builds">
      <p>{buildWords(processes)}</p>
      <details>
        <summary>Version, build and runtime of each process</summary>
        <Matrix
          caption="What each process runs"
          of="Process"
          nameOf={({ instance, program }) => `${program} ${instance}`}
          keyOf={({ instance, program }) => `${program}/${instance}`}
          rows={processes}
          empty="No process reports."
          columns={[
            { key: "version", title: "Version", cell: ({ version }) => version ?? "not told" },
            { key: "build", title: "Build", cell: (process) => <code>{buildText(process)}</code> },
            { key: "runtime", title: "Runtime", cell: ({ runtime }) => runtime ?? "not told" }
          ]}
        />
      </details>
      <Licences />
    </div>
  </Panel>
)
