import { Effect, Result } from "effect"
import { Buffer } from "node:buffer"
import { makeUnpacker } from "../../services/ingestor/http/unpack.ts"

const most = 1_048_576
const unpack = makeUnpacker(most, 4)

interface Unpacked {
  /** `undefined` when it was refused. */
  readonly body: Uint8Array | undefined
  readonly problem: string | undefined
}

/** Unpacks as the intake does. What is charged is what comes out, and no more than a body may have. */
export const unpacked = async (input: Uint8Array): Promise<Unpacked> => {
  let charged = 0
  const charge = (bytes: number) => (charged += bytes) <= 2 * most
  const result = await Effect.runPromise(Effect.result(unpack("fuzz", Buffer.from(input), "gzip", { charge })))
  if (Result.isFailure(result)) return { body: undefined, problem: undefined }
  const body = result.success
  const whole = body.equals(input) || (body.length <= most && charged >= body.length)
  return { body, problem: whole ? undefined : `${body.length} bytes were unpacked, ${charged} charged` }
}
