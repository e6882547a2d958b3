/** How long a touch shows that somebody is there. */
const lastsMs = 60_000

/** Who opens the page is there. */
let touchedAt = performance.now()

for (const kind of ["pointerdown", "click", "keydown", "wheel"]) {
  addEventListener(kind, () => {
    touchedAt = performance.now()
  }, { capture: true, passive: true })
}

/**
 * What a request says of who is there. What the page asks by itself while nobody touches it is no use of the login:
 * else it would never end on a screen that somebody left.
 */
export const attendance = (): Readonly<Record<string, string>> =>
  performance.now() - touchedAt < lastsMs ? {} : { "x-mutt-unattended": "1" }
