import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { type S3Request, signed } from "../../../layers/archive/s3Signature.ts"
import { authorizationOf, signatureOf } from "../../support/s3Signature.ts"

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
const date = { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" }

/** The examples of Amazon's description of Signature V4 for S3, with the signature that each shall have. */
const examples: ReadonlyArray<readonly [S3Request, string]> = [
  [
    { method: "GET", path: "test.txt", headers: { range: "bytes=0-9" } },
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
  ],
  [
    { method: "PUT", path: "test%24file.text", headers: date, body: new TextEncoder().encode("Welcome to Amazon S3.") },
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
  ],
  [
    { method: "GET", path: "", query: { lifecycle: "" } },
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
  ],
  [
    { method: "GET", path: "", query: { "max-keys": "2", prefix: "J" } },
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
  ]
]

const host = "examplebucket.s3.amazonaws.com"
const sign = (request: S3Request) =>
  signed(request, {
    endpoint: `https://${host}`,
    region: "us-east-1",
    key: Redacted.make(`AKIAIOSFODNN7EXAMPLE:${secret}`),
    now: DateTime.makeUnsafe("2013-05-24T00:00:00Z")
  })

describe("the signature of a request to a store", () => {
  it.effect("is that of Amazon's examples, and the stand-in of tests refuses another", () =>
    Effect.gen(function*() {
      for (const [request, signature] of examples) {
        const { headers, url } = yield* sign(request)
        assert.strictEqual(authorizationOf(headers["authorization"] ?? "").signature, signature)
        const asked = { method: request.method, url, headers: { ...headers, host } }
        assert.strictEqual(signatureOf(asked, secret), signature)
        assert.notStrictEqual(signatureOf({ ...asked, method: "DELETE" }, secret), signature)
      }
    }))
})
