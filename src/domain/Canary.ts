/**
 * The canary: an event that the web-ui sends to see that events get through, and that nobody is told of.
 *
 * The sender proves it, not the host's name: no key but `CANARY_API_KEY`, no certificate and no listener stands for a
 * sender of this name, since the slash is in none that anybody may choose.
 */
export const canary = {
  hostname: "mutt-canary",
  sender: "mutt/canary",
  keyName: "CANARY_API_KEY",
  reason: "The canary of MUTT: it shows that events get through, and nobody is told of it."
} as const
