/** How long the browser may take to begin with the file. */
const keptMs = 60_000

/** Hands a file to the browser, which puts it where downloads go. */
export const saveFile = (name: string, type: string, parts: ReadonlyArray<string>): void => {
  const address = URL.createObjectURL(new Blob([...parts], { type }))
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), keptMs)
}
