# Python's pip, for the servers that come as Python packages: the system's, else Debian's packages unpacked into this clone.

system_python() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      echo "$python"
      return
    fi
  done
  return 1
}

unpacked_python() {
  local folder=$tools/python
  if [ ! -d "$folder" ]; then
    apt_find python3-pip || return 1
    # By name, as a machine may have Python's packages on its list and not on its disk.
    unpack_debs "$folder" python3-pip $(apt-cache "${apt_options[@]+"${apt_options[@]}"}" depends --recurse -i python3-pip 2>/dev/null |
      grep -E '^(lib)?python3[a-z0-9.-]*$' | sort -u) || return 1
  fi
  pip_of_folder "$folder" --version >/dev/null 2>&1
}

pip_of_folder() {
  local folder=$1 python
  shift
  python=$(ls "$folder"/usr/bin/python3.[0-9]* | head -n 1)
  LD_LIBRARY_PATH=$(libraries_of "$folder") PYTHONHOME=$folder/usr PYTHONPATH=$folder/usr/lib/python3/dist-packages "$python" -m pip "$@"
}

# pip_install_list FOLDER FILE: everything in a list of requirements, each with its version and its hashes, and nothing that would be built.
pip_install_list() {
  local folder=$1 python
  local options=(install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder.new"
    --no-deps --require-hashes --only-binary :all: --requirement "$2")
  # A machine without certificates of its own: Node.js brings some.
  if [ ! -e /etc/ssl/certs/ca-certificates.crt ] && [ "$os" = linux ] && [ -z "${PIP_CERT:-}" ]; then
    "$node" -e 'process.stdout.write(require("tls").rootCertificates.join("\n"))' >"$tools/certificates.pem"
    export PIP_CERT=$tools/certificates.pem
  fi
  rm -rf "$folder.new"
  if python=$(system_python); then
    "$python" -m pip "${options[@]}" >&2 || return 1
  elif unpacked_python; then
    pip_of_folder "$tools/python" "${options[@]}" >&2 || return 1
  else
    return 1
  fi
  rm -rf "$folder" && mv "$folder.new" "$folder"
}

# A program that runs Python with the packages of a folder, whichever Python has them: the system's or the unpacked one.
python_launcher() { # FOLDER PYTHON SCRIPT-OF-THIS-FOLDER ARGUMENTS
  local folder=$1 python=$2 around=
  if [ -z "$python" ]; then
    python=$(ls "$tools"/python/usr/bin/python3.[0-9]* | head -n 1)
    around="LD_LIBRARY_PATH='$(libraries_of "$tools/python")' PYTHONHOME='$tools/python/usr' "
  else
    python=$("$python" -c 'import sys; print(sys.executable)')
  fi
  cat >"$folder/run" <<LAUNCHER
#!/bin/sh
# Made by scripts/bootstrap/$3.sh.
here=\$(dirname "\$0")
${around}PYTHONPATH="\$here" PYTHONDONTWRITEBYTECODE=1 exec '$python' $4
LAUNCHER
  chmod +x "$folder/run"
}
