/** Gives a name without a hash tag one, so that a Redis Cluster keeps all keys that begin with it on one node. */
export const withHashTag = (name: string): string => /^[^{]*\{[^}]+\}/.test(name) ? name : `{${name}}`
