import { assert, it } from "@effect/vitest"
import { formatFor } from "../../../layers/http/metricsRoute.ts"

it("metrics are OpenMetrics for who asks for it, by q-values, and else the text of old", () => {
  const asked: ReadonlyArray<readonly [accept: string | undefined, format: string]> = [
    [undefined, "prometheus"],
    ["", "prometheus"],
    ["*/*", "prometheus"],
    ["text/plain", "prometheus"],
    ["text/html,application/xhtml+xml,*/*;q=0.8", "prometheus"],
    ["application/openmetrics-text", "openmetrics"],
    ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
    ["Application/OpenMetrics-Text;Version=\"1.0.0\"", "openmetrics"],
    ["application/openmetrics-text;version=0.0.1", "prometheus"],
    ["application/openmetrics-text;version=2.0.0", "prometheus"],
    ["application/*", "openmetrics"],
    ["application/openmetrics-text,*/*", "openmetrics"],
    ["application/openmetrics-text,text/plain", "prometheus"],
    ["application/openmetrics-text;q=0.4,text/plain;q=0.5", "prometheus"],
    ["application/openmetrics-text;q=0.6,text/plain;q=0.5", "openmetrics"],
    ["application/openmetrics-text;q=0,*/*", "prometheus"],
    ["application/openmetrics-text;q=zero,text/plain;q=0.1", "prometheus"],
    ["text/plain;q=0,*/*", "openmetrics"],
    // Prometheus 2 and 3.
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics"
    ],
    [
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1",
      "openmetrics"
    ]
  ]
  for (const [accept, format] of asked) assert.strictEqual(formatFor(accept), format, accept)
})
