/** Each would do harm where it is more than text. A rule of the samples pages for them. */
export const hostile = [
  "<script>window.harmed = 1</script><img src=x onerror='window.harmed = 2'>",
  "</pre></main><style>body { display: none }</style><iframe srcdoc='<script>top.harmed = 3</script>'>",
  "javascript:window.harmed=4 [a link](javascript:window.harmed=5) https://example.com/\"onmouseover=\"harmed=6",
  "\u202Etxt.exe\u202C \u2066hidden\u2069 zero\u200Bwidth \uFEFF \u2028 line",
  "\u001B[2J\u001B[31m bell \u0007 back \b delete \u007F next \u0085",
  "zero \u0000 byte",
  `long ${"x".repeat(65_000)}`,
  `turned ${"\u202E\u2066".repeat(10_000)}`
].map((message) => `CRITICAL: hostile ${message}`)

export const hosts = ["h1", "very-long-".repeat(25), "sw\u202E1", "<b>bold</b>"]

/** Signs of harm, in words. */
export const harm = `[
  ...(window.harmed === undefined ? [] : ["something ran: " + window.harmed]),
  ...[...document.querySelectorAll("a")].filter(({ protocol, origin }) =>
    !/^https?:$/.test(protocol) || origin !== location.origin).map(({ href }) => "a link to " + href),
  ...document.querySelectorAll("iframe, main img, main style").length === 0 ? [] : ["an element of a device"],
  ...[...document.querySelectorAll("main *, title")].flatMap(({ childNodes }) => [...childNodes])
    .filter(({ nodeType, data }) => nodeType === 3 && /(?![\\t\\n])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/u.test(data))
    .map(({ data, parentElement }) => parentElement.className + " hides a character: " + JSON.stringify(data.slice(0, 80)))
]`
