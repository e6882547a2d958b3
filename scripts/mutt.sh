#!/bin/sh
# The command `mutt`: runs scripts/mutt.ts with the pinned Node, and keeps what Node compiled, so that the next call is quicker.
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd)
node=$root/node_modules/.bin/node
[ -x "$node" ] || node=node
NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$root/.mutt/cache/node} exec "$node" "$root/scripts/mutt.ts" "$@"
