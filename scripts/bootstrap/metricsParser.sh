# What reads GET /metrics in the tests: Prometheus's own parsers of its text and of OpenMetrics, a Python package with its hash.

find_metrics_parser() {
  local folder=$tools/metrics-parser list=scripts/bootstrap/metricsParser.txt
  if [ "$(cat "$folder/installed" 2>/dev/null || true)" != "$(checksum "$list")" ]; then
    if pip_install_list "$folder" "$list" &&
      python_launcher "$folder" "$(system_python || true)" metricsParser '"$@"' && "$folder/run" -c 'import prometheus_client.openmetrics.parser'; then
      checksum "$list" >"$folder/installed"
    else
      rm -rf "$folder"
    fi
  fi
  client metricsParser "$folder/run" || missing metricsParser "it needs Python 3, and the package index" "install Python 3 with pip"
}
