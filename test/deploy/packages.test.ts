import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { systemdUnits } from "../../scripts/check-deploy/checks/systemdUnits.ts"
import { deployFiles } from "../../scripts/package/deployFiles.ts"
import { manPages } from "../../scripts/package/manPages.ts"
import { settingTables } from "../../scripts/package/settingTables.ts"
import { noticeText, thirdParties } from "../../scripts/package/thirdParty.ts"
import { systemdFiles } from "../../scripts/package/unitFile.ts"
import { repository } from "../../scripts/stack/Paths.ts"
import { programNames } from "../../scripts/stack/Program.ts"

const read = (path: string) => readFileSync(join(repository, path), "utf8")
const settings = new Set(settingTables().flatMap(({ settings }) => settings.map(({ name }) => name)))

/** What the runtime reads, and MUTT does not. */
const ofNode = new Set(["NODE_COMPILE_CACHE"])

describe("what ships", () => {
  it.each(deployFiles)("$path is as the code and the docs have it (npm run docs makes it anew)", ({ path, text }) => {
    assert.strictEqual(read(path), text())
  })

  it("has every documented setting in /etc/mutt/mutt.env, none of them set, and no other", () => {
    const text = read("deploy/mutt.env")
    const offered = [...text.matchAll(/^#([A-Z][A-Z0-9_]*)=/gm)].map(([, name = ""]) => name)
    assert.sameMembers([...new Set(offered)], [...settings])
    assert.isAbove(settings.size, 100)
    assert.deepStrictEqual(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")), [])
  })

  it("sets only documented settings in its units, each of which is a program of its own name", () => {
    const units = systemdFiles.filter(({ name }) => name.endsWith(".service"))
    assert.sameMembers(units.map(({ name }) => name), programNames.map((name) => `mutt-${name}@.service`))
    for (const { text } of units) {
      const set = [...text.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = ""]) => line.split(" "))
      for (const name of set.map((one) => one.split("=")[0] ?? "")) {
        assert.isTrue(settings.has(name) || ofNode.has(name), name)
      }
      assert.include(text, "POD_NAME=%p-%i-%l")
    }
    assert.include(systemdUnits.tools, "systemd-analyze")
  })

  it("explains every setting of a program in its page of the manual", () => {
    const pages = new Map(manPages(0).map(({ name, text }) => [name, text]))
    for (const name of programNames) assert.include(pages.get(`mutt-${name}.8`), "REDIS_HOST=localhost")
    assert.include(pages.get("mutt.1"), "Bring the database schema up to date")
    assert.include(pages.get("mutt.1"), "\\-\\-app\\-role")
  })

  it("brings the licence of every library, or says that the library brings none", () => {
    const parties = thirdParties()
    for (const name of ["effect", "ioredis", "react-dom", "@tanstack/react-router"]) {
      assert.isTrue(parties.some((one) => one.name === name && one.text !== undefined), name)
    }
    const notice = noticeText(parties, new Map())
    for (const { name, version } of parties) assert.include(notice, `${name} ${version} (`)
  })
})
