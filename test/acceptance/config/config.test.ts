import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { steps } from "../../../scripts/proofs/config/changeSteps.ts"
import { crashes } from "../../../scripts/proofs/config/crashes.ts"
import { propagation } from "../../../scripts/proofs/config/readers.ts"
import { reads } from "../../../scripts/proofs/config/reads.ts"
import { refusals } from "../../../scripts/proofs/config/refusals.ts"
import { losses, repairs } from "../../../scripts/proofs/config/repairs.ts"
import { writers } from "../../../scripts/proofs/config/writers.ts"
import { SettingsWorldLayer } from "../../services/web-ui/settingsHarness.ts"

layer(SettingsWorldLayer(), { excludeTestServices: true })(
  "settings, seen by other processes",
  (it) => {
    it.effect("reach every one of them by each change", () =>
      Effect.gen(function*() {
        assert.lengthOf(yield* propagation(3, 10), 10)
      }))

    for (const loss of losses) {
      it.effect(`reach them also when the announcement is lost: ${loss}`, () =>
        Effect.gen(function*() {
          assert.lengthOf(yield* repairs(loss, 2, 2), 2)
        }))
    }

    it.effect("are never bad ones, whichever way those come, and no request fails of them", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* refusals(30), { api: 30, injected: 30, failed: 0, unchanged: true })
      }))

    it.effect("are read without allocating anything", () =>
      Effect.gen(function*() {
        // The smallest object takes twelve; a little is what measuring costs.
        assert.isBelow((yield* reads(2_000_000)).bytesPerRead, 2)
      }))
  }
)

it.live("100 writers through two processes lose no update and leave no gap", () =>
  Effect.gen(function*() {
    const { added, links, refused, versionsWithoutGap, written } = yield* writers(100)
    assert.isAbove(written, 0)
    assert.deepStrictEqual([added, links, versionsWithoutGap], [written, written, true])
    assert.strictEqual(written + refused, 100)
  }))

/** What most runs of the full proof (`npm run config-proof`) do at every step. */
const decisive = new Set([
  "before the revision, the setting and the order to tell everybody",
  "before the link of the chain",
  "before the commit",
  "after the commit, unheard",
  "before the script",
  "after the script, unheard",
  "before the order is struck out",
  "during the answer"
])

it.live(
  "a change whose program is killed is there whole or not at all, and Redis has the newest afterwards",
  () =>
    Effect.gen(function*() {
      const wanted = steps.filter(({ name }) => decisive.has(name))
      assert.lengthOf(wanted, decisive.size)
      for (const { problems, step } of yield* crashes(wanted, 1)) assert.deepStrictEqual(problems, [], step)
    }),
  120_000
)
