/** Which sender a certificate stands for: a common or DNS name in lower case → the sender's name. */
export type ClientSenders = ReadonlyMap<string, string>

/** As events say it. Without a slash, so that nobody is called `syslog/udp`. */
const sender = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Reads `core-relay=relay1, relay2.lab`; a name alone is the sender's too. What is no such list is answered by why. */
export const parseClientSenders = (list: string): ClientSenders | string => {
  const senders = new Map<string, string>()
  for (const part of list.split(",").map((text) => text.trim()).filter((text) => text !== "")) {
    const [, written = "", given] = /^([^=]{1,255}?)(?:\s*=\s*([^=]*))?$/.exec(part) ?? []
    const name = written.toLowerCase()
    const to = given ?? name
    if (name === "") return `Expected name=sender and not "${part.slice(0, 100)}"`
    if (!sender.test(to)) {
      return `Expected lower-case letters, digits, dots, _ and - as a sender and not "${to.slice(0, 100)}"`
    }
    if (senders.has(name)) return `Expected one sender of ${name}`
    senders.set(name, to)
  }
  return senders
}

/** The first of a certificate's names that is listed. */
export const senderOf = (senders: ClientSenders, names: ReadonlyArray<string>): string | undefined => {
  for (const name of names) {
    const found = senders.get(name.toLowerCase())
    if (found !== undefined) return found
  }
  return undefined
}
