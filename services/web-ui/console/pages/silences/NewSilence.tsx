import { useDraft } from "../../api/Drafts.ts"
import { useZone, zoneName } from "../../parts/Time.tsx"
import { useWork } from "../../parts/useWork.ts"
import { Detail } from "../../shell/Page.tsx"
import { create } from "./act.ts"
import { emptyForm, type Form, isForm } from "./form.ts"
import { SilenceForm } from "./SilenceForm.tsx"

/** The form of a new silence. */
export const NewSilence = ({ close, host, made }: {
  readonly host: string
  readonly close: () => void
  readonly made: (id: number) => void
}) => {
  const [zone] = useZone()
  const draft = useDraft<Form>(`silence/new/${host}`, emptyForm(host, zoneName(zone)), isForm)
  const { busy, during, trouble } = useWork()
  return (
    <Detail title="New silence" close={close}>
      <SilenceForm
        form={draft.value}
        set={draft.set}
        first={host === "*" ? "hosts" : "comment"}
        verb="Silence"
        busy={busy}
        trouble={trouble}
        save={(input) =>
          void during(async () => {
            const id = await create(input)
            draft.drop()
            made(id)
          })}
        giveUp={() => {
          draft.drop()
          close()
        }}
      />
    </Detail>
  )
}
