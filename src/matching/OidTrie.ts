import { noRank, type Ranks } from "./ranks.ts"

/** For an OID, the least rank of the prefixes it is under. */
export interface OidTrie {
  readonly least: (oid: string, column: number) => number
}

interface Node {
  readonly children: Map<string, Node>
  ranks: Ranks | undefined
}

const node = (): Node => ({ children: new Map(), ranks: undefined })

/** A tree by arcs: at most as many steps as the OID has arcs, however many prefixes there are. */
export const oidTrie = (prefixes: ReadonlyMap<string, Ranks>): OidTrie => {
  const root = node()
  for (const [prefix, ranks] of prefixes) {
    let at = root
    for (const arc of prefix.split(".")) {
      const child = at.children.get(arc) ?? node()
      at.children.set(arc, child)
      at = child
    }
    at.ranks = ranks
  }

  const least = (oid: string, column: number) => {
    let best = noRank
    let at: Node | undefined = root
    for (const arc of oid.split(".")) {
      at = at.children.get(arc)
      if (at === undefined) break
      if (at.ranks !== undefined) best = Math.min(best, at.ranks[column]!)
    }
    return best
  }

  return { least }
}
