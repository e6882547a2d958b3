import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { lookedAtElsewhere, namedFiles } from "../../../layers/check/namedFiles.ts"
import { staticSettings } from "../../../src/domain/StaticSettings.ts"
import { clients, forServer, replace, right } from "../../support/certificates.ts"
import { type Env, folder, look } from "./look.ts"

const here = Effect.map(folder, (folder) => (name: string, text: string, mode = 0o600) => {
  const path = join(folder, name)
  replace(path, text, mode)
  return path
})

/** What is said of files and certificates: the problems, and what is good. */
const said = (program: Parameters<typeof look>[0], env: Env) =>
  Effect.map(
    look(program, { REDIS_TLS_ENABLED: "false", DB_TLS_ENABLED: "false", ...env }),
    ({ findings }) => {
      const files = findings.filter(({ item }) => /^(?:files|certificate)/.test(item))
      return {
        problems: files.flatMap(({ detail, ok }) => ok ? [] : [detail]),
        fixes: files.flatMap(({ fix }) => fix ?? []),
        good: files.flatMap(({ detail, ok }) => ok ? [detail] : [])
      }
    }
  )

describe("the files that settings name", () => {
  it("are in one table, whichever setting names them", () => {
    const names = staticSettings.filter((name) =>
      /_(?:FILE|PATH|CACERT|CERT|DIR|GOOD)$|_CLIENT_KEY$|_NAMES$/.test(name) && !name.endsWith("_SECRETS_PATH")
    )
    const table = namedFiles.flatMap(({ key, setting }) => key === undefined ? [setting] : [setting, key])
    assert.sameMembers([...table, ...lookedAtElsewhere].filter((name) => name !== "NODE_EXTRA_CA_CERTS"), names)
  })

  it.live("are good where each can be used, and those that the program opens are named", () =>
    Effect.gen(function*() {
      const file = yield* here
      const pair = forServer()
      const { fixes, good } = yield* said("ingestor", {
        REDIS_TLS_ENABLED: "true",
        REDIS_CA_CERT_PATH: file("ca.crt", right.cert + clients.expired.cert),
        DB_TLS_ENABLED: "true",
        DB_TLS_CA_CERT_PATH: file("not-for-it.crt", "nothing"),
        SYSLOG_TLS_PORT: "6514",
        SYSLOG_TLS_CERT_FILE: file("syslog.crt", pair.cert),
        SYSLOG_TLS_KEY_FILE: file("syslog.key", pair.key),
        MUTT_TRAP_NAMES: file("names", "A-MIB::one = 1.3.6.1.4.1.9\n"),
        CONFIG_LAST_KNOWN_GOOD: join(file("x", ""), "..", "settings.json")
      })
      assert.deepStrictEqual(fixes, [])
      assert.match(good.join("\n"), /REDIS_CA_CERT_PATH: .*ca\.crt: 2 in it, the last good for \d+ days/)
      assert.match(good.join("\n"), /CN=localhost, good for (?:89|90) days/)
      assert.match(good.join("\n"), /MUTT_TRAP_NAMES: .*names\n/)
      assert.notInclude(good.join("\n"), "DB_TLS")
    }))

  it.live("are a problem where one cannot be used, with what to do", () =>
    Effect.gen(function*() {
      const file = yield* here
      const pair = forServer()
      const { problems } = yield* said("web-ui", {
        REDIS_TLS_ENABLED: "true",
        REDIS_CA_CERT_PATH: file("old.crt", clients.expired.cert),
        DB_TLS_ENABLED: "true",
        DB_TLS_CA_CERT_PATH: file("empty.crt", "no certificate"),
        SERVER_TLS_CERT_FILE: file("tls.crt", right.issue("soon", [], -1, 5).cert),
        SERVER_TLS_KEY_FILE: file("tls.key", pair.key),
        MUTT_TRAP_NAMES: file("names", "A-MIB::one\nB-MIB::two = x\n"),
        AUDIT_CHECKPOINT_FILE: "/proc/nowhere/checkpoints",
        CONSOLE_DIR: "/proc"
      })
      const text = problems.join("\n")
      assert.match(text, /all in .*old\.crt have expired/)
      assert.match(text, /DB_TLS_CA_CERT_PATH: .*empty\.crt holds no certificate that can be read/)
      assert.match(text, /the key in .*tls\.key is not that of the certificate in .*tls\.crt/)
      assert.match(text, /MUTT_TRAP_NAMES: .*names: line 1: .*, and 1 lines? more/)
      assert.match(text, /AUDIT_CHECKPOINT_FILE: this user may not write into \/proc\/nowhere/)
      assert.match(text, /CONSOLE_DIR: \/proc holds no console/)
    }))

  it.live("of syslog over TLS are looked at as its listener would: no pair, one that ended, one that ends soon", () =>
    Effect.gen(function*() {
      const file = yield* here
      const { findings } = yield* look("ingestor", { SYSLOG_TLS_PORT: "6514" })
      assert.include(
        findings.map(({ detail }) => detail),
        "SYSLOG_TLS_PORT is set, and needs SYSLOG_TLS_CERT_FILE or SERVER_TLS_CERT_FILE."
      )
      for (
        const [until, words] of [[-0.5, /has expired/], [5, /is good for 4 days more|is good for 5 days more/]] as const
      ) {
        const { cert, key } = right.issue("relay", [], -20, until)
        const env = {
          SYSLOG_TLS_PORT: "6514",
          SYSLOG_TLS_CERT_FILE: file("c", cert),
          SYSLOG_TLS_KEY_FILE: file("k", key)
        }
        assert.match((yield* said("ingestor", env)).problems.join(), words)
      }
    }))

  it.live("of a login at Vault are looked at where that login is set", () =>
    Effect.gen(function*() {
      const file = yield* here
      const { cert, key } = forServer()
      const vault = { MUTT_SECRETS: "vault", VAULT_ADDR: "https://vault.example.com" }
      const byToken = { ...vault, VAULT_AUTH: "kubernetes", VAULT_K8S_ROLE: "mutt" }
      assert.deepStrictEqual((yield* said("alerter", byToken)).problems, [
        "VAULT_K8S_TOKEN_FILE: /var/run/secrets/kubernetes.io/serviceaccount/token: it cannot be read (NotFound)"
      ])
      const byCertificate = { ...vault, VAULT_AUTH: "cert", VAULT_CLIENT_CERT: file("c", cert) }
      const own = yield* said("alerter", { ...byCertificate, VAULT_CLIENT_KEY: file("k", key) })
      assert.match([...own.problems, ...own.good].join(), /^CN=localhost, good for/)
      const empty = { ...vault, VAULT_ROLE_ID: "role", VAULT_SECRET_ID_FILE: file("id", "\n") }
      assert.match((yield* said("alerter", empty)).problems.join(), /^VAULT_SECRET_ID_FILE: .* is empty$/)
    }))
})
