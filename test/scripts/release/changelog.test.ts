import { assert, describe, it } from "@effect/vitest"
import { released, unreleasedSection } from "../../../scripts/release/changelog.ts"

const changelog =
  "# Changelog\n\nNewest first.\n\n## 3.1.0 (unreleased)\n\n- A.\n- B (unreleased).\n\n## 3.0.0 (2026-11-29)\n\n- C.\n"

describe("the changelog at a release", () => {
  it("tells the version and the notes of its newest section", () => {
    assert.deepStrictEqual(unreleasedSection(changelog), { version: "3.1.0", notes: "- A.\n- B (unreleased)." })
  })

  it("gets the day in that heading, and nothing else changes", () => {
    assert.strictEqual(
      released(changelog, "2026-12-24"),
      changelog.replace("## 3.1.0 (unreleased)", "## 3.1.0 (2026-12-24)")
    )
  })

  it.each([
    ["nothing is unreleased", "# Changelog\n\n## 3.0.0 (2026-11-29)\n\n- C.\n", "3.0.0 (2026-11-29)"],
    ["there is no version", "# Changelog\n\n## Next (unreleased)\n\n- C.\n", "Next (unreleased)"],
    ["there is no section", "# Changelog\n", "\"\""],
    ["the section is empty", "# Changelog\n\n## 3.1.0 (unreleased)\n\n## 3.0.0 (2026-11-29)\n\n- C.\n", "says nothing"]
  ])("is refused when %s", (_, text, words) => {
    assert.throws(() => unreleasedSection(text), words)
  })
})
