/** Milliseconds for which a command asks to block; 0 for those that do not. */
export const blockMs = (name: string, args: ReadonlyArray<unknown>): number => {
  switch (name.toUpperCase()) {
    case "XREAD":
    case "XREADGROUP": {
      const at = args.findIndex((arg) => typeof arg === "string" && arg.toUpperCase() === "BLOCK")
      return at === -1 ? 0 : Number(args[at + 1])
    }
    case "BLPOP":
    case "BRPOP":
    case "BZPOPMIN":
    case "BLMOVE":
      return Number(args.at(-1)) * 1_000
    case "BLMPOP":
      return Number(args[0]) * 1_000
    default:
      return 0
  }
}
