# npm packages. Whatever Node.js and npm this machine has, they only bring the pinned ones. Those install everything else: an
# old npm leaves out programs that its own Node.js could not run, also when another one will.

packages_stamp=node_modules/.mutt-packages
packages_key() { checksum package-lock.json scripts/bootstrap/node/package-lock.json; }
packages_fresh() {
  [ -x node_modules/.bin/node ] && [ -f "$packages_stamp" ] && [ "$(cat "$packages_stamp")" = "$(packages_key)" ]
}

# The oldest Node.js that runs MUTT, as engines of package.json says.
node_runs() {
  "$1" -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 22 || (major == 22 && minor >= 19) ? 0 : 1)' 2>/dev/null
}

# Without the programs of this clone, which npm puts first.
system_path() { printf '%s' "$PATH" | tr ':' '\n' | grep -v node_modules | tr '\n' ':'; }

npm_options=(--no-audit --no-fund --no-update-notifier --no-progress --loglevel=error)
# The settings that the system's npm has for everybody (a proxy, an authority) hold for the pinned one too, and so do the authorities that
# the system trusts: Debian's Node.js asks them, and the pinned one would not by itself.
pinned_npm() {
  global=${global:-${npm_config_globalconfig:-$(PATH=$(system_path) npm config get globalconfig 2>/dev/null || true)}}
  NODE_USE_SYSTEM_CA=1 npm_config_globalconfig=$global PATH="$(dirname "$node"):$PATH" "$node" "$tools/node/node_modules/npm/bin/npm-cli.js" "$@" "${npm_options[@]}"
}

# npm_folder NAME NPM: installs scripts/bootstrap/NAME/package-lock.json into .mutt/tools/NAME with this npm.
npm_folder() {
  local name=$1 folder=$tools/$1
  shift
  rm -rf "$folder.new" && mkdir -p "$folder.new" || return 1
  cp "scripts/bootstrap/$name/package.json" "scripts/bootstrap/$name/package-lock.json" "$folder.new" || return 1
  (cd "$folder.new" && "$@" >&2) || return 1
  rm -rf "$folder" && mv "$folder.new" "$folder"
}
npm_folder_fresh() {
  [ -d "$tools/$1/node_modules" ] && [ "$(checksum "scripts/bootstrap/$1/package-lock.json")" = "$(checksum "$tools/$1/package-lock.json")" ]
}

# The pinned one where it runs (Linux with glibc), else the system's.
find_node() {
  local pinned=$tools/node/node_modules/node-$os-$cpu/bin/node
  if ! npm_folder_fresh node; then
    have npm || fail "npm is not installed." "Install Node.js (any version that brings npm), then run this again."
    enough_disk 1000
    say "fetching Node.js and npm (npm ci)"
    npm_folder node npm ci "${npm_options[@]}" || fail "Node.js and npm could not be fetched; npm's own words are above." \
      "Without a network the first run can't succeed; later ones need none."
  fi
  for node in "$pinned" "$(PATH=$(system_path) command -v node || true)"; do
    if node_runs "$node"; then return 0; fi
  done
  fail "No Node.js runs here: MUTT needs 22.19 or newer, and the npm package for $os-$cpu does not run on this machine." \
    "Install Node.js 22.19 or newer, then run this again."
}

install_packages() {
  find_node
  if ! "$node" scripts/bootstrap/packages.cjs matches-lock; then
    say "installing the npm packages (npm ci)"
    pinned_npm ci >&2 || fail "npm ci failed; its own words are above."
  fi
  # Some npm settings keep packages from running their install scripts; these two are programs that need theirs.
  if ! "$node" scripts/bootstrap/packages.cjs check 2>/dev/null; then
    say "running the install scripts of deno and dprint"
    pinned_npm rebuild deno dprint --ignore-scripts=false >&2 || true
  fi
  "$node" scripts/bootstrap/packages.cjs check || fail "The npm packages are incomplete; what is missing is above." \
    "Remove node_modules and run this again. If it stays so, npm's settings leave something out: npm config list"
  case $node in
    "$root"/*) ln -sf "../..${node#"$root"}" node_modules/.bin/node ;;
    *) ln -sf "$node" node_modules/.bin/node ;;
  esac
  packages_key >"$packages_stamp"
}
