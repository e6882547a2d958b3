import { assert, describe, it } from "@effect/vitest"
import { unknownVariables } from "../../../src/logic/unknownVariables.ts"

const settings = ["DB_HOST", "DB_PASS", "REDIS_HOST", "REDIS_PORT", "INGEST_QUEUE_NAME", "MUTT_SECRETS", "LOG_LEVEL"]
const known = new Set(settings)
const found = (names: ReadonlyArray<string>, written: ReadonlyArray<string> = []) =>
  unknownVariables([...names, ...written], new Set(written), settings, (name) => known.has(name))
    .map(({ meant, name }) => meant === undefined ? name : `${name} → ${meant}`)

describe("variables that no program reads", () => {
  it("are those that begin as nobody else's do", () => {
    assert.deepStrictEqual(found(["MUTT_FOO", "MUTT_SECRET", "INGEST_QUEU_NAME", "INGEST_QUEUE_NAME"]), [
      "INGEST_QUEU_NAME → INGEST_QUEUE_NAME",
      "MUTT_FOO",
      "MUTT_SECRET → MUTT_SECRETS"
    ])
  })

  it("are, of those that begin as others' may too, the ones that are one slip away from a setting", () => {
    assert.deepStrictEqual(found(["DB_HOST_", "REDIS_HSOT", "REDIS_POTR", "LOG_LEVL"]), [
      "DB_HOST_ → DB_HOST",
      "LOG_LEVL → LOG_LEVEL",
      "REDIS_HSOT → REDIS_HOST",
      "REDIS_POTR → REDIS_PORT"
    ])
  })

  it("are never what is ordinary: of shells, of other programs, of services of Kubernetes", () => {
    const ordinary = [
      "HOME",
      "LOGLEVEL",
      "DB_PASSWORD",
      "DB_URL",
      "REDIS_URL",
      "VAULT_TOKEN",
      "SESSION_MANAGER",
      "_",
      ""
    ]
    const links = ["MUTT_WEB_UI_SERVICE_HOST", "MUTT_WEB_UI_SERVICE_PORT_HTTP", "MUTT_WEB_UI_PORT_8090_TCP_ADDR"]
    assert.deepStrictEqual(found([...ordinary, ...links, "MUTT_WEB_UI_PORT"]), [])
  })

  it("are all that nobody knows where a file holds settings alone, but for the runtime's", () => {
    const file = ["DB_PASSWORD", "INGST_QUEUE_NAME", "SOMETHING", "NODE_OPTIONS", "TZ", "https_proxy", "REDIS_HOST"]
    assert.deepStrictEqual(found(["ELSEWHERE"], file), [
      "DB_PASSWORD → DB_PASS",
      "INGST_QUEUE_NAME → INGEST_QUEUE_NAME",
      "SOMETHING"
    ])
  })
})
