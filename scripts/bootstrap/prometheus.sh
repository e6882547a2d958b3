# Prometheus and promtool, for the tests of deploy/prometheus and for `npm start -- --monitoring`: the system's, else
# Debian's package unpacked here, so that no service starts.

find_prometheus() {
  local folder=$tools/prometheus tool
  have prometheus && have promtool || [ -x "$folder/usr/bin/promtool" ] || unpack_debs "$folder" prometheus || true
  for tool in prometheus promtool; do client_of "$tool" "$folder" "usr/bin/$tool" "" || no_client "$tool"; done
}
