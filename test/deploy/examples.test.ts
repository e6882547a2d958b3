import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parse, parseAllDocuments } from "yaml"
import { repository } from "../../scripts/stack/Paths.ts"
import { at } from "./helm/rendered.ts"

const read = (path: string) => readFileSync(join(repository, path), "utf8")

const objects = (name: string): ReadonlyArray<unknown> =>
  parseAllDocuments(read(`deploy/examples/${name}.yaml`)).map((document) => document.toJS())
const ofKind = (name: string, kind: string) => objects(name).filter((object) => at(object, "kind") === kind)
const nameOf = (object: unknown) => at(object, "metadata.name")
const config = (name: string): Readonly<Record<string, string>> => Object(at(ofKind(name, "ConfigMap")[0], "data"))

/** The block of DURABILITY.md that each server wants in its configuration. */
const wanted = (/```\n(appendonly yes\n[\s\S]*?)```/.exec(read("docs/DURABILITY.md"))?.[1] ?? "")
  .split("\n").filter((line) => line !== "" && !line.startsWith("#"))

describe("deploy/examples", () => {
  it.each(["valkey-sentinel", "valkey-cluster"])(
    "%s has servers that keep what is accepted, by DURABILITY.md",
    (name) => {
      const lines = String(config(name)["valkey.conf"]).split("\n")
      assert.isAbove(wanted.length, 3)
      for (const line of wanted) assert.include(lines, line)
      for (const [file, text] of Object.entries(config(name))) {
        if (file.endsWith(".sh")) execFileSync("sh", ["-n"], { input: text })
      }
    }
  )

  it("fail over as DURABILITY.md describes it", () => {
    assert.include(String(config("valkey-sentinel")["sentinel.conf"]), "down-after-milliseconds mutt 5000")
    for (const line of ["cluster-node-timeout 5000", "cluster-require-full-coverage no"]) {
      assert.include(String(config("valkey-cluster")["valkey.conf"]), line)
    }
  })

  it("cloudnative-pg has each commit on the disk of another server, or does not take it", () => {
    const [cluster] = ofKind("cloudnative-pg", "Cluster")
    assert.deepStrictEqual(at(cluster, "spec.postgresql.synchronous"), {
      method: "any",
      number: 1,
      dataDurability: "required"
    })
    assert.strictEqual(at(cluster, "spec.postgresql.parameters.synchronous_commit"), "on")
  })

  it("have the names by which values-production.yaml asks for them", () => {
    const values = parse(read("deploy/helm/mutt/values-production.yaml"))
    const [cluster] = ofKind("cloudnative-pg", "Cluster")
    const [sentinels] = ofKind("valkey-sentinel", "StatefulSet")
    assert.strictEqual(values.settings.DB_HOST, `${nameOf(cluster)}-rw`)
    const pods = [0, 1, 2].map((index) => `${nameOf(sentinels)}-${index}.${at(sentinels, "spec.serviceName")}`)
    assert.strictEqual(values.settings.REDIS_SENTINELS, pods.map((pod) => `${pod}:26379`).join(","))
    const certificates = ofKind("certificates", "Certificate")
    const secrets = certificates.map((certificate) => at(certificate, "spec.secretName"))
    const mounted = values.mounts.map(({ secret }: { readonly secret: string }) => secret)
    assert.includeMembers([...secrets, `${nameOf(cluster)}-ca`], [...mounted, values.tls.secretName])
    const names = Object(certificates.map((certificate) => at(certificate, "spec.dnsNames"))).flat()
    assert.includeMembers(names, [...pods, "mutt-ingestor", "mutt-alerter", "mutt-moog-forwarder", "mutt-web-ui"])
  })
})
