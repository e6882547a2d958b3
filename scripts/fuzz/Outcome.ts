/** What one input did to a target. */
export interface Outcome {
  readonly problem: string | undefined
  /** Milliseconds of the longest time without a pause. */
  readonly stepMs: number
}
