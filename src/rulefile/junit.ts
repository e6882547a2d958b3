import { failureLine, type TestResult } from "./runRuleTests.ts"

/** The results as JUnit XML, which build servers show. */
export const junit = (file: string, results: ReadonlyArray<TestResult>): string => {
  const failed = results.filter(({ failures }) => failures.length > 0).length
  const counts = `tests="${results.length}" failures="${failed}" errors="0" skipped="0"`
  return [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    `<testsuites name="mutt rules test" ${counts}>`,
    `  <testsuite name="${escaped(file)}" ${counts}>`,
    ...results.flatMap(({ failures, name }) => {
      const head = `    <testcase classname="${escaped(file)}" name="${escaped(name)}"`
      return failures.length === 0 ? [`${head}/>`] : [
        `${head}>`,
        `      <failure message="${escaped(failureLine(failures[0]!))}">${
          escaped(failures.map(failureLine).join("\n"))
        }</failure>`,
        "    </testcase>"
      ]
    }),
    "  </testsuite>",
    "</testsuites>",
    ""
  ].join("\n")
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;"
}

/** Text for XML 1.0, which has no place for most control characters and for half a surrogate pair. */
const escaped = (text: string): string =>
  text.toWellFormed()
    .replace(/[^\t\n\r\u0020-\ufffd]/g, "\ufffd")
    .replace(/[&<>"\n\r\t]/g, (character) => entities[character] ?? "")
