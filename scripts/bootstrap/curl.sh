# curl, for vault-init.sh and snmptrap-to-mutt: the system's, else Debian's unpacked here and called by .mutt/tools/bin/curl.

find_curl() {
  local folder=$tools/curl wrapper=$tools/bin/curl
  if have curl; then
    client curl "$(command -v curl)"
    return
  fi
  if [ ! -x "$folder/usr/bin/curl" ] && ! unpack_debs "$folder" curl; then
    missing curl "neither the system nor Debian's packages have it" "install curl"
    return
  fi
  mkdir -p "$tools/bin"
  printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$(libraries_of "$folder")" "$folder/usr/bin/curl" >"$wrapper"
  chmod +x "$wrapper"
  client curl "$wrapper"
}
