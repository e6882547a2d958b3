import { assert, describe, it } from "@effect/vitest"
import {
  type SyslogConnection,
  SyslogConnections,
  type SyslogLimits
} from "../../../services/ingestor/syslog/SyslogConnections.ts"

/** A listener's table, connections without sockets, and what went why. A tick is a second. */
const world = (over: Partial<SyslogLimits> = {}) => {
  const table = new SyslogConnections({
    tcpMaxConnections: 1_000,
    tcpMaxPerPeer: 100,
    tcpFirstByteSeconds: 30,
    tcpFrameSeconds: 60,
    tcpIdleSeconds: 3_600,
    ...over
  })
  const left: Array<string> = []
  const connect = (network: string, name = network) => {
    const state = { busy: false, pending: false }
    const refusal = table.refusal(network, 0)
    const connection: SyslogConnection = {
      network,
      busy: () => state.busy,
      pending: () => state.pending,
      leave: (reason) => void left.push(`${name} ${reason}`)
    }
    if (refusal === undefined) table.add(connection)
    return { refusal, state, hear: (ends = 1) => table.heard(connection, ends) }
  }
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) table.tick()
  }
  return { connect, left, pass, table }
}

describe("the connections of a syslog listener", () => {
  it("must say something, end what they have begun, and not be silent for ever", () => {
    const { connect, left, pass } = world()
    connect("mute")
    const slow = connect("slow")
    const steady = connect("steady")
    slow.hear()
    steady.hear()
    pass(29)
    assert.deepStrictEqual(left, [])
    slow.state.pending = true
    slow.hear(0)
    pass(1)
    assert.deepStrictEqual(left, ["mute first_byte"])
    for (let second = 0; second < 59; second++) {
      slow.hear(0)
      steady.state.pending = true
      steady.hear(1)
      pass(1)
    }
    assert.deepStrictEqual(left, ["mute first_byte", "slow frame"])
    steady.state.pending = false
    steady.hear()
    pass(3_599)
    assert.strictEqual(left.length, 2)
    pass(1)
    assert.deepStrictEqual(left.slice(2), ["steady idle"])
  })

  it("stay as long as their messages are not stored", () => {
    const { connect, left, pass } = world({ tcpMaxConnections: 2 })
    const busy = connect("a")
    const also = connect("a")
    busy.hear()
    also.hear()
    busy.state.busy = also.state.busy = true
    pass(10_000)
    assert.strictEqual(connect("b").refusal, "full")
    busy.state.busy = also.state.busy = false
    pass(3_599)
    assert.deepStrictEqual(left, [])
  })

  it("of one peer have a number, whatever the others have", () => {
    const { connect, table } = world({ tcpMaxPerPeer: 3 })
    const refusals = Array.from({ length: 5 }, () => connect("greedy").refusal)
    assert.deepStrictEqual(refusals, [undefined, undefined, undefined, "peer_limit", "peer_limit"])
    assert.strictEqual(connect("other").refusal, undefined)
    assert.strictEqual(table.size, 4)
  })

  it("make room: of the peer that has most, the one that was silent longest goes", () => {
    const { connect, left, pass } = world({ tcpMaxConnections: 6 })
    const quiet = connect("quiet")
    const many = ["m1", "m2", "m3", "m4"].map((name) => connect("many", name))
    connect("pair")
    quiet.hear()
    for (const number of [1, 3, 2, 0]) {
      pass(1)
      many[number]?.hear()
    }
    pass(1)
    assert.strictEqual(connect("new").refusal, undefined)
    assert.strictEqual(connect("newer").refusal, undefined)
    assert.deepStrictEqual(left, ["m2 evicted", "m4 evicted"])
  })

  it("of devices that have one each push nobody out", () => {
    const { connect, left, pass } = world({ tcpMaxConnections: 3 })
    for (const network of ["a", "b", "c"]) connect(network).hear()
    pass(100)
    assert.strictEqual(connect("d").refusal, "full")
    assert.strictEqual(connect("a").refusal, "full")
    assert.deepStrictEqual(left, [])
  })
})
