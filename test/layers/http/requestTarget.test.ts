import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHostCheck, targetFault } from "../../../layers/http/requestTarget.ts"
import { dial } from "../../support/wire.ts"
import { get, start } from "./boundedProgram.ts"

/** Each stands for the path that a proxy's rule would be about, written in a way that the rule does not see. */
const folded = [
  "//admin/config",
  "/admin//config",
  "/admin/config/",
  "/admin/config;v=1",
  "/admin;x/config",
  "/admin/config#part",
  "/%61dmin/config",
  "/admin/c%6Fnfig",
  "/admin%2Dconfig",
  "/./admin/config",
  "/healthz/../admin/config",
  "/admin/config/..",
  "/admin/%2e%2e/config",
  "/admin/config%0d",
  "/admin/%1Fconfig",
  "/admin/%7f",
  "http://mutt//admin/config"
]
const unreadable = [
  "/admin/%00config",
  "/admin/config%00",
  "/admin/config?key=%00",
  "/admin/%zz",
  "/admin/%",
  "/admin/%ff",
  "/admin\\config"
]
const fine = [
  "/",
  "/?a=b",
  "/admin/config",
  "/api/v2/ingest",
  "/api/v1/hosts/web-1.example.org",
  "/api/v1/hosts/web%2F1",
  "/api/v1/hosts/%C3%A4",
  "/api/v1/rules/100%25",
  "/a/b?path=//x;y&at=%41&up=../..",
  "/a/b?text=two%0d%0alines",
  "/.well-known/x",
  "/a/x..y",
  "*",
  "http://mutt",
  "http://mutt/admin/config"
]

describe("the target of a request", () => {
  it("is refused when it is written in another way than plainly", () => {
    for (const target of folded) assert.strictEqual(targetFault(target), "folded", target)
    for (const target of unreadable) assert.strictEqual(targetFault(target), "unreadable", target)
    for (const target of fine) assert.strictEqual(targetFault(target), undefined, target)
  })

  it.live("does not reach the route that it would be folded to", () =>
    Effect.gen(function*() {
      const { port } = yield* start()
      const status = Effect.fnUntraced(function*(target: string) {
        const client = yield* dial(port, get(target))
        const answer = yield* client.until("\r\n\r\n")
        client.socket.destroy()
        return Number(answer.slice(9, 12))
      })
      assert.strictEqual(yield* status("/admin/config"), 401)
      assert.strictEqual(yield* status("http://mutt/admin/config"), 401)
      for (const target of [...folded, "/ADMIN/config", "/admin/Config"]) {
        assert.deepStrictEqual([target, yield* status(target)], [target, 404])
      }
      for (const target of [...unreadable, "/admin\u0000config", "/admin/config?\u0000"]) {
        assert.deepStrictEqual([target, yield* status(target)], [target, 400])
      }
    }))
})

describe("the Host of a request", () => {
  const hasOneHost = makeHostCheck()

  it("is there once, a name or an address with a port or without", () => {
    for (
      const host of [
        "",
        "mutt",
        "MUTT_1.example.org:8080",
        "192.0.2.1:80",
        "[2001:db8::1]",
        "[::1]:8080",
        "[fe80::1%eth0]:1"
      ]
    ) {
      assert.isTrue(hasOneHost(["Accept", "*/*", "Host", host]), host)
    }
    for (const host of ["a b", "a/b", "a@b", "a, b", "a:b", "a:123456", "[::1", "::1", "a\\b", "a?b", "<x>"]) {
      assert.isFalse(hasOneHost(["hOST", host]), host)
    }
    assert.isFalse(hasOneHost(["Host", "mutt", "x-key", "1", "host", "mutt"]))
  })

  it.live("is refused otherwise, and the connection with it", () =>
    Effect.gen(function*() {
      const { letGo, port } = yield* start()
      const twice = "Host: mutt\r\nHost: other\r\n"
      const requests = [
        `GET /healthz HTTP/1.1\r\n${twice}\r\n`,
        `POST /length HTTP/1.1\r\n${twice}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
        `GET /healthz HTTP/1.1\r\n${twice}Connection: upgrade\r\nUpgrade: h2c\r\n\r\n`,
        get("/healthz", "mutt/x")
      ]
      for (const request of requests) {
        const client = yield* dial(port, request)
        assert.match(yield* client.ended, /^HTTP\/1\.1 400 [\s\S]*one Host header[\s\S]*"_tag":"Unreadable"/, request)
        yield* letGo(client)
      }
    }))
})
