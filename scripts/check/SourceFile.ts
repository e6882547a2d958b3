import { posix } from "node:path"

/** One import or re-export as it stands in the text. */
export interface Import {
  readonly specifier: string
  /** For a relative specifier: the path from the root of the repository. */
  readonly target: string | undefined
  readonly line: number
}

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly imports: ReadonlyArray<Import>
}

const statement = /^(?:import|export)\s+[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm

const lineAt = (text: string, index: number) => text.slice(0, index).split("\n").length

export const sourceFile = (path: string, text: string): SourceFile => ({
  path,
  text,
  imports: Array.from(text.matchAll(statement), (match) => {
    // What follows "?" tells the console's build how to take the file.
    const specifier = (match[1] ?? match[2] ?? match[3] ?? "").replace(/\?.*$/, "")
    return {
      specifier,
      target: specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined,
      line: lineAt(text, match.index)
    }
  })
})
