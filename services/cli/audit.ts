import { DateTime, Effect, Option, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { ChainEntry, Checkpoint } from "../../src/domain/ChainEntry.ts"
import {
  checkpointsInForce,
  finishVerification,
  signatureFault,
  startVerification,
  verifyNext
} from "../../src/logic/auditChain.ts"
import { type Api, apiCommand, CommandFailed, connection, failedWith, withApi } from "./api.ts"
import { readText } from "./inputFile.ts"
import { answer, printJson, shown, table } from "./output.ts"
import { allPages } from "./pages.ts"
import { mandatoryReason } from "./recover.ts"
import { TransitKeys, wasSignedBy } from "./transitKeys.ts"

const list = apiCommand("list", "Who changed what, newest first", {
  limit: Flag.Int("limit").pipe(Flag.withDefault(20)),
  by: Flag.String("by").pipe(Flag.optional, Flag.withDescription("Part of the name of who changed something"))
}, function*(api, at, json) {
  const by = Option.match(at.by, { onNone: () => ({}), onSome: (changed_by) => ({ changed_by }) })
  const logs = yield* allPages(
    at.limit,
    (query, left) =>
      Effect.map(api.auditLogs.configLogs({ query: { ...query, ...by, limit: Math.min(left, 200) } }), (found) => ({
        items: found.logs,
        next: found.pagination.next_cursor
      }))
  )
  const rows = logs.map((one) => [
    String(one.id),
    one.changed_at,
    one.changed_by,
    `${one.operation} ${one.table_name} ${one.record_id}`,
    `${shown(one.old_values)} -> ${shown(one.new_values)}`,
    one.reason ?? "",
    one.writer ?? ""
  ])
  yield* answer(json, { logs }, table(["link", "when", "who", "what", "change", "why", "writer"], rows))
})

const entries = ({ auditLogs }: Api, from: number) =>
  Stream.paginate(from, (seq: number) =>
    Effect.gen(function*() {
      const page = yield* auditLogs.chain({ query: { from: seq } })
      const last = page.entries.at(-1)
      return [page.entries, last === undefined ? Option.none<number>() : Option.some(last.seq + 1)] as const
    }))

const exportChain = apiCommand("export", "The whole chain, one JSON object per line", {}, function*(api) {
  yield* Stream.runForEach(entries(api, 1), (entry) => printJson(entry))
})

const decodeEntry = Schema.decodeUnknownEffect(Schema.fromJsonString(ChainEntry))
const decodeKeys = Schema.decodeUnknownEffect(Schema.fromJsonString(TransitKeys))
const decodeCheckpoint = Schema.decodeUnknownEffect(Schema.fromJsonString(Checkpoint))

const linesOf = (path: string) => Effect.map(readText(path), (text) => text.split("\n").filter((line) => line !== ""))

/** Checks an exported chain offline. */
const offline = Effect.fnUntraced(function*(
  file: string,
  checkpointFile: Option.Option<string>,
  keysFile: Option.Option<string>
) {
  const marks = Option.isSome(checkpointFile)
    ? yield* Effect.forEach(yield* linesOf(checkpointFile.value), (line) => decodeCheckpoint(line))
    : []
  const known = new Map(checkpointsInForce(marks).map((mark) => [mark.seq, mark]))
  const links = yield* Effect.forEach(yield* linesOf(file), (line) => decodeEntry(line))
  const { checked, fault, head } = finishVerification(
    links.reduce((state, entry) => verifyNext(state, entry, known), startVerification),
    known
  )
  const keys = Option.isSome(keysFile) ? yield* Effect.flatMap(readText(keysFile.value), decodeKeys) : undefined
  const found = fault ?? (keys === undefined ? undefined : signatureFault(marks, wasSignedBy(keys)))
  const signed = marks.filter(({ signature }) => signature !== undefined)
  const verified = keys === undefined ? 0 : signed.filter(wasSignedBy(keys)).length
  return {
    whole: found === undefined,
    checked,
    head: head === undefined ? null : { seq: head.seq, entry_hash: head.entryHash },
    fault: found ?? null,
    checkpoints: { known: marks.length, signed: signed.length, verified },
    cuts: marks.flatMap(({ at, restored, seq }) => restored === undefined ? [] : [{ ...restored, at, link: seq }]),
    verified_at: DateTime.formatIso(yield* DateTime.now)
  }
}, Effect.catchTag("SchemaError", (error) => failedWith(`A line cannot be read: ${error.message}`)))

const checkpointWords = (
  { known, signed, verified }: { readonly known: number; readonly signed: number; readonly verified: number }
): string => {
  if (known === 0) return ""
  const checked = signed === 0 ? "" : ` (${signed} signed, ${verified} of these checked and good)`
  return `, checkpoints: ${known}${checked}`
}

const verify = Command.make("verify", {
  ...connection,
  file: Flag.String("file").pipe(Flag.optional, Flag.withDescription("Check this export instead of the live chain")),
  checkpoints: Flag.String("checkpoints").pipe(
    Flag.optional,
    Flag.withDescription(
      "With --file: the file of AUDIT_CHECKPOINT_FILE, which shows a chain that was rewritten or cut"
    )
  ),
  transitKeys: Flag.String("transit-keys").pipe(
    Flag.optional,
    Flag.withDescription(
      "With --checkpoints: what `vault read -format=json transit/keys/mutt-audit` says, to check their signatures by"
    )
  )
}, (at) =>
  Effect.gen(function*() {
    const result = Option.isSome(at.file)
      ? yield* offline(at.file.value, at.checkpoints, at.transitKeys)
      : yield* withApi(at, (api) => api.auditLogs.verify({ query: {} }))
    yield* answer(
      at.json,
      result,
      [
        result.fault === null
          ? `The chain is whole: ${result.checked} links${checkpointWords(result.checkpoints)}.`
          : `The chain is broken. ${result.fault.detail}`,
        ...result.cuts.map((cut) =>
          `The database was restored before ${cut.at}: ${cutWords(cut)}. Link ${cut.link} says why.`
        )
      ]
    )
    if (!result.whole) return yield* new CommandFailed({ message: "the audit chain is not as it was written" })
  })).pipe(Command.withDescription("Check every link of the chain of changes; fails when one is not as it was written"))

const restored = apiCommand(
  "restored",
  "After PostgreSQL was restored: add to the chain what it has lost, as verify named it",
  { reason: mandatoryReason },
  function*(api, { reason }, json) {
    const done = yield* api.recovery.audit({ payload: { reason } })
    const { restored } = done
    yield* answer(
      json,
      done,
      restored === null
        ? "The chain lacks nothing; nothing was added."
        : `Link ${restored.link} says it: ${cutWords(restored)}.`
    )
  }
)

const cutWords = ({ after, lost }: { readonly after: number; readonly lost: number }): string =>
  `what followed link ${after} was lost, up to link ${lost} at least`

export const audit = Command.make("audit").pipe(
  Command.withDescription("The record of who changed what"),
  Command.withSubcommands([list, verify, restored, exportChain])
)
