# npm packages: installed when node_modules is missing or differs from package-lock.json.

packages_stamp=node_modules/.mutt-packages

packages_fresh() {
  [ -x node_modules/.bin/node ] && [ -f "$packages_stamp" ] && [ "$(cat "$packages_stamp")" = "$(checksum package-lock.json)" ]
}

# npm keeps its own record of what it installed. When that says the same as the lock file, somebody ran npm by hand and all is well.
packages_match_lock() {
  [ -f node_modules/.package-lock.json ] && node -e '
    const read = (path) => JSON.parse(require("fs").readFileSync(path, "utf8")).packages
    const wanted = read("package-lock.json")
    const installed = read("node_modules/.package-lock.json")
    const same = Object.entries(wanted).every(([path, entry]) =>
      path === "" || (installed[path] === undefined ? entry.optional === true : installed[path].version === entry.version))
    const known = Object.keys(installed).every((path) => wanted[path] !== undefined)
    process.exit(same && known ? 0 : 1)'
}

pinned_node_runs() { node_modules/.bin/node -e 'process.exit(parseInt(process.versions.node) >= 22 ? 0 : 1)' 2>/dev/null; }

install_packages() {
  have npm || fail "npm is not installed." "Install Node.js (any version that brings npm), then run this again."
  if ! packages_match_lock; then
    say "installing the npm packages (npm ci)"
    npm ci --no-audit --no-fund --no-update-notifier --no-progress --loglevel=error >&2 || fail "npm ci failed; its own words are above."
  fi
  # Some npm settings keep packages from running their install scripts; these three are binaries that need theirs.
  if ! pinned_node_runs; then
    say "running the install scripts of node, deno and dprint"
    npm rebuild node deno dprint --ignore-scripts=false --loglevel=error >&2 || true
  fi
  pinned_node_runs || fail "The pinned Node.js (npm package 'node') does not run here." \
    "Its install script may have been blocked: npm rebuild node --ignore-scripts=false"
  checksum package-lock.json >"$packages_stamp"
}
