# The real senders that the tests use, and the clients of the servers that the runbook uses. What can't be had is named, and left out.

client() { # NAME PROGRAM LIBRARIES MODULES
  [ -x "$2" ] || return 1
  clients_json="${clients_json:+$clients_json, }\"$1\": { \"bin\": \"$2\", \"libraries\": \"${3:-}\", \"modules\": \"${4:-}\" }"
  found+=("$2")
}

# client_of NAME FOLDER PROGRAM MODULES: from the system when it is there, else from the unpacked folder.
client_of() {
  local program
  if program=$(PATH=$PATH:/usr/sbin:/sbin command -v "${3##*/}") && { [ -z "$4" ] || ls -d $4 >/dev/null 2>&1; }; then
    client "$1" "$program" "" "$(ls -d ${4:-/nonexistent} 2>/dev/null | head -n 1)"
  else
    client "$1" "$2/$3" "$(libraries_of "$2")" "$(ls -d "$2"${4:-/nonexistent} 2>/dev/null | head -n 1)"
  fi
}

no_client() { missing "$1" "neither the system nor Debian's packages have it" "install it with the system's package manager"; }

# rsyslog with its driver for TLS, which Debian has as a package of its own.
find_rsyslog_tls() {
  local folder=$tools/rsyslog-tls driver='/usr/lib/*-linux-gnu*/rsyslog/lmnsd_ossl.so' program
  if program=$(PATH=$PATH:/usr/sbin:/sbin command -v rsyslogd) && ls $driver >/dev/null 2>&1; then
    client rsyslogTls "$program" "" "$(dirname "$(ls $driver | head -n 1)")"
    return
  fi
  ls "$folder"$driver >/dev/null 2>&1 || unpack_debs "$folder" rsyslog rsyslog-openssl || true
  if ls "$folder"$driver >/dev/null 2>&1; then
    client rsyslogTls "$folder/usr/sbin/rsyslogd" "$(libraries_of "$folder")" "$(dirname "$(ls "$folder"$driver | head -n 1)")"
  else
    no_client rsyslogTls
  fi
}

find_clients() {
  local folder=$tools/rsyslog
  [ -x "$folder/usr/sbin/rsyslogd" ] || have rsyslogd || [ -x /usr/sbin/rsyslogd ] || unpack_debs "$folder" rsyslog || true
  client_of rsyslogd "$folder" usr/sbin/rsyslogd '/usr/lib/*-linux-gnu*/rsyslog' || no_client rsyslogd
  find_rsyslog_tls
  folder=$tools/syslog-ng
  [ -x "$folder/usr/sbin/syslog-ng" ] || unpack_debs "$folder" syslog-ng-core syslog-ng-mod-http || true
  client syslogNg "$folder/usr/sbin/syslog-ng" "$(libraries_of "$folder")" "$(ls -d "$folder"/usr/lib/syslog-ng/*/ 2>/dev/null | head -n 1)" ||
    no_client syslogNg
  client loggen "$folder/usr/bin/loggen" "$(libraries_of "$folder")" || no_client loggen
  folder=$tools/snmp
  [ -x "$folder/usr/sbin/snmptrapd" ] || unpack_debs "$folder" snmptrapd snmp || true
  client snmptrapd "$folder/usr/sbin/snmptrapd" "$(libraries_of "$folder")" || no_client snmptrapd
  client snmptrap "$folder/usr/bin/snmptrap" "$(libraries_of "$folder")" || no_client snmptrap
  folder=$tools/logger
  have logger || [ -x "$folder/usr/bin/logger" ] || unpack_debs "$folder" bsdutils || true
  client_of logger "$folder" usr/bin/logger "" || no_client logger
  folder=$tools/postgresql-client
  have psql || ls "$folder"/usr/lib/postgresql/*/bin/psql >/dev/null 2>&1 || unpack_debs "$folder" postgresql-client || true
  # Debian's psql on PATH is a script that finds the one of a version; unpacked, there is only that.
  client psql "$(command -v psql || ls "$folder"/usr/lib/postgresql/*/bin/psql 2>/dev/null | tail -n 1)" \
    "$(have psql || libraries_of "$folder")" || no_client psql
  folder=$tools/redis-server
  have redis-cli || [ -x "$folder/usr/bin/redis-cli" ] || { folder=$tools/redis-tools && [ -x "$folder/usr/bin/redis-cli" ]; } ||
    unpack_debs "$folder" redis-tools || true
  client_of redisCli "$folder" usr/bin/redis-cli "" || no_client redisCli
  # The static one needs no modules, which would be looked for where the package would have put them.
  folder=$tools/zsh
  have zsh || [ -x "$folder/bin/zsh-static" ] || [ -x "$folder/usr/bin/zsh-static" ] || unpack_debs "$folder" zsh-static || true
  client zsh "$(command -v zsh || ls "$folder"/bin/zsh-static "$folder"/usr/bin/zsh-static 2>/dev/null | head -n 1)" || no_client zsh
}
