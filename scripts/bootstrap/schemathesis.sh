# Schemathesis, which tries the HTTP APIs by their documents: a set of Python packages of its own, none of them without its hash.

# A program that runs it, whichever Python has it: the system's or the unpacked one.
schemathesis_launcher() { # FOLDER PYTHON
  local folder=$1 python=$2 around=
  if [ -z "$python" ]; then
    python=$(ls "$tools"/python/usr/bin/python3.[0-9]* | head -n 1)
    around="LD_LIBRARY_PATH='$(libraries_of "$tools/python")' PYTHONHOME='$tools/python/usr' "
  else
    python=$("$python" -c 'import sys; print(sys.executable)')
  fi
  cat >"$folder/run" <<LAUNCHER
#!/bin/sh
# Made by scripts/bootstrap/schemathesis.sh.
here=\$(dirname "\$0")
${around}PYTHONPATH="\$here" PYTHONDONTWRITEBYTECODE=1 exec '$python' -c 'import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())' "\$@"
LAUNCHER
  chmod +x "$folder/run"
}

find_schemathesis() {
  local folder=$tools/schemathesis list=scripts/bootstrap/schemathesis.txt
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$list")" ]; then
    if pip_install_list "$folder" "$list" && schemathesis_launcher "$folder" "$(system_python || true)" && "$folder/run" --version >/dev/null 2>&1; then
      checksum "$list" >"$folder/installed"
    else
      rm -rf "$folder"
    fi
  fi
  client schemathesis "$folder/run" || missing schemathesis "it needs Python 3.11 or newer, and the package index" "install Python 3.11 with pip"
}
