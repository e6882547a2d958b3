/** The settings of a web-ui that sends no canary. */
export const noCanary = { canarySeconds: 0, canaryTimeout: 60_000, canaryUrl: "http://127.0.0.1:1" }
