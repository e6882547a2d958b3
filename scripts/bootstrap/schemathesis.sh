# Schemathesis, which tries the HTTP APIs by their documents: a set of Python packages of its own, none of them without its hash.

schemathesis_arguments="-c 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())' \"\$@\""

find_schemathesis() {
  local folder=$tools/schemathesis list=scripts/bootstrap/schemathesis.txt
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$list")" ]; then
    if pip_install_list "$folder" "$list" && python_launcher "$folder" "$(system_python || true)" schemathesis "$schemathesis_arguments" && "$folder/run" --version >/dev/null 2>&1; then
      checksum "$list" >"$folder/installed"
    else
      rm -rf "$folder"
    fi
  fi
  client schemathesis "$folder/run" || missing schemathesis "it needs Python 3.11 or newer, and the package index" "install Python 3.11 with pip"
}
