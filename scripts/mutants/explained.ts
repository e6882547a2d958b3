/** A mutant that no test can kill, since it changes nothing that is promised. */
export interface Explained {
  readonly file: string
  /** The line it changes, without its indentation. */
  readonly at: string
  readonly before: string
  readonly after: string
  readonly why: string
}

export const explained: ReadonlyArray<Explained> = []
