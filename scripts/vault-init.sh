#!/bin/sh
# Prepares a Vault or OpenBao for MUTT: a key-value store (version 2) with the secrets of prod and dev, policies, and roles to log in by, as
# AppRoles, by service accounts of Kubernetes or by certificates: one for the programs that read, one for the web-ui, and one for rotations.
# What is there already is kept, so it can be run again. Needs curl and a token that may do all this in VAULT_TOKEN.
set -eu

usage() {
  cat <<'USAGE'
Usage: VAULT_ADDR=https://… VAULT_TOKEN=… sh scripts/vault-init.sh [options]

  --mount NAME            the key-value store (default: secret); made if it is absent
  --values FILE           JSON object of names and texts for mutt/prod, instead of random values
  --admin-values FILE     the same for mutt/prod/admin, which the web-ui alone may read
  --secret-id-file FILE   put a new secret_id for ingestor, alerter and moog-forwarder into FILE, unless FILE has one
  --webui-file FILE       the same for the web-ui, which may read mutt/prod/admin too, and sign
  --rotator-file FILE     the same for whoever rotates secrets (a role of its own, which may write)
  --renew                 put a new secret_id into each FILE, also where it has one
  --secret-id-ttl SECONDS life of a secret_id (default: 7776000, 90 days; 0: for ever)
  --secret-id-uses NUMBER logins with one secret_id (default: 0, any number)
  --wrap SECONDS          wrap each secret_id for so long: it can be unwrapped once (default: 0, not wrapped)
  --kubernetes NAMESPACE  roles for VAULT_AUTH=kubernetes, for service accounts of this namespace
  --kubernetes-mount NAME where that method is (default: kubernetes); switched on if it is absent
  --cert FILE             roles for VAULT_AUTH=cert, for certificates of the authority in FILE
  --cert-mount NAME       where that method is (default: cert); switched on if it is absent
  --names NAME,…          service accounts, or common names of certificates, of ingestor, alerter and moog-forwarder
                          (default: mutt-ingestor,mutt-alerter,mutt-moog-forwarder)
  --webui-names NAME,…    the same of the web-ui, which rotates too (default: mutt-web-ui)
  --token-ttl SECONDS     life of a program's token between renewals (default: 3600)
  --transit-key NAME      key of the transit engine that signs checkpoints of the audit chain (default: mutt-audit); made if it is absent
  --show                  print the names in mutt/prod and mutt/dev; values are never printed

With --kubernetes or --cert alone, no AppRole is made. VAULT_CACERT names a CA to verify the server by; VAULT_NAMESPACE is passed on.
USAGE
}

mount=secret values= admin_values= renew=no id_ttl=7776000 id_uses=0 webui_file= secret_id_file= rotator_file= wrap=0 ttl=3600 transit_key=mutt-audit show=no
namespace= kubernetes_mount=kubernetes authority= cert_mount=cert names=mutt-ingestor,mutt-alerter,mutt-moog-forwarder webui_names=mutt-web-ui
while [ $# -gt 0 ]; do
  case $1 in
    --mount) mount=$2; shift ;;
    --values) values=$2; shift ;;
    --admin-values) admin_values=$2; shift ;;
    --webui-file) webui_file=$2; shift ;;
    --renew) renew=yes ;;
    --secret-id-ttl) id_ttl=$2; shift ;;
    --secret-id-uses) id_uses=$2; shift ;;
    --secret-id-file) secret_id_file=$2; shift ;;
    --rotator-file) rotator_file=$2; shift ;;
    --kubernetes) namespace=$2; shift ;;
    --kubernetes-mount) kubernetes_mount=$2; shift ;;
    --cert) authority=$2; shift ;;
    --cert-mount) cert_mount=$2; shift ;;
    --names) names=$2; shift ;;
    --webui-names) webui_names=$2; shift ;;
    --wrap) wrap=$2; shift ;;
    --token-ttl) ttl=$2; shift ;;
    --transit-key) transit_key=$2; shift ;;
    --show) show=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

say() { printf '%s\n' "$*"; }
fail() { printf 'vault-init: %s\n' "$*" >&2; exit 1; }
[ -n "${VAULT_ADDR:-}" ] || fail "VAULT_ADDR is not set."
[ -n "${VAULT_TOKEN:-}" ] || fail "VAULT_TOKEN is not set."
command -v curl >/dev/null || fail "curl is not installed."
[ -z "$authority" ] || grep -q -e '-----BEGIN CERTIFICATE-----' "$authority" || fail "$authority holds no certificate."

# Tokens and bodies go through files that nobody else may read: arguments can be seen by everybody on the machine.
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
{
  printf 'header = "X-Vault-Token: %s"\n' "$VAULT_TOKEN"
  [ -z "${VAULT_NAMESPACE:-}" ] || printf 'header = "X-Vault-Namespace: %s"\n' "$VAULT_NAMESPACE"
  [ -z "${VAULT_CACERT:-}" ] || printf 'cacert = "%s"\n' "$VAULT_CACERT"
} >"$work/curl"

# call METHOD PATH [CURL OPTION…]: sends what is in $work/body, if METHOD is POST; the answer is in $work/answer, its status in $status.
call() {
  method=$1 path=$2
  shift 2
  [ "$method" = GET ] || set -- "$@" --header 'Content-Type: application/json' --data-binary "@$work/body"
  status=$(curl --silent --show-error --max-time 20 --config "$work/curl" --request "$method" --output "$work/answer" \
    --write-out '%{http_code}' "$@" "${VAULT_ADDR%/}/v1/$path") || fail "$VAULT_ADDR does not answer."
}
done_or_fail() { case $status in 200 | 204) ;; *) fail "$1: status $status." ;; esac; }
body() { printf '%s' "$1" >"$work/body"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/answer"; }

call GET auth/token/lookup-self
[ "$status" = 200 ] || fail "The token is not accepted (status $status; 503: the server is sealed)."

call GET "sys/mounts/$mount"
if [ "$status" = 200 ]; then
  grep -q '"version":"2"' "$work/answer" || fail "$mount is there and is no key-value store of version 2."
else
  body '{"type":"kv","options":{"version":"2"}}'
  call POST "sys/mounts/$mount"
  done_or_fail "The key-value store $mount could not be made"
  say "made the key-value store $mount"
fi

random() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n'; }
fresh() {
  printf '{"DB_USER":"mutt_app","DB_PASS_CURRENT":"%s","DB_PASS_NEXT":"","REDIS_PASS_CURRENT":"%s","REDIS_PASS_NEXT":""' "$(random)" "$(random)"
  for name in INGEST VIEWER OPERATOR MOOG; do printf ',"%s_API_KEY":"%s"' "$name" "$(random)"; done
  printf '}'
}
fresh_admin() {
  printf '{"WEBUI_API_KEY":"%s","ADMIN_API_KEY":"%s","SESSION_KEY":"%s"}' "$(random)" "$(random)" "$(random)"
}

# Check-and-set 0 writes only where nothing is. A store that was made just now may need a moment.
write_secret() { # PLACE FILE WORD: what is in FILE, or what WORD prints; $wrote says whether it was written
  wrote=no
  {
    printf '{"options":{"cas":0},"data":'
    if [ -n "$2" ]; then cat "$2"; else "$3"; fi
    printf '}'
  } >"$work/body"
  tries=0
  while :; do
    call POST "$mount/data/mutt/$1"
    case $status in
      200) say "wrote $mount/mutt/$1"; wrote=yes; return ;;
      400) if grep -q 'check-and-set' "$work/answer"; then say "kept $mount/mutt/$1"; return; fi ;;
    esac
    tries=$((tries + 1))
    [ "$tries" -lt 10 ] || fail "$mount/mutt/$1 could not be written: status $status."
    sleep 1
  done
}
# What an administrator needs goes into a document of its own. Never beside a document that was there before, or was
# given whole: it may hold these secrets itself, and the new ones would count.
write_secret prod "$values" fresh
if [ -n "$admin_values" ] || { [ "$wrote" = yes ] && [ -z "$values" ]; }; then
  write_secret prod/admin "$admin_values" fresh_admin
fi
write_secret dev "" fresh
[ "$wrote" = no ] || write_secret dev/admin "" fresh_admin

own='path \"auth/token/lookup-self\" { capabilities = [\"read\"] }\npath \"auth/token/renew-self\" { capabilities = [\"update\"] }\n'
rule() { printf 'path \\"%s\\" { capabilities = [%s] }\\n' "$1" "$2"; }

call GET sys/mounts/transit
if [ "$status" != 200 ]; then
  body '{"type":"transit"}'
  call POST sys/mounts/transit
  done_or_fail "The transit engine could not be made"
  say "made the transit engine transit"
fi
body '{"type":"ed25519"}'
call POST "transit/keys/$transit_key"
done_or_fail "The key $transit_key could not be made"
signing="$(rule "transit/sign/$transit_key" '\"update\"')$(rule "transit/verify/$transit_key" '\"update\"')"

documents() { # PLACES CAPABILITIES
  rule "$mount/data/mutt/$1" "$2"
  rule "$mount/metadata/mutt/$1" '\"read\"'
}
# Who holds a secret_id may ask how long it lives: the question holds it, so that it tells nothing about others.
policy() { # NAME RULES
  body "{\"policy\":\"$2$own$(rule "auth/approle/role/$1/secret-id/lookup" '\"update\"')\"}"
  call POST "sys/policies/acl/$1"
  done_or_fail "The policy $1 could not be written"
}
# `+` is one name, so that `mutt/+` is not `mutt/prod/admin`.
policy mutt-programs "$(documents + '\"read\"')"
policy mutt-webui "$(documents + '\"read\"')$(documents +/admin '\"read\"')$signing"
writing='\"create\", \"read\", \"update\"'
policy mutt-rotator "$(documents + "$writing")$(documents +/admin "$writing")"

# Vault's longest lease, 32 days unless somebody set another, bounds a secret_id too; tokens keep that life.
longest=2764800
# What the token of each role may do, and how long it lives.
tokens() { printf '"token_policies":["%s"],"token_no_default_policy":true,"token_ttl":%s,"token_max_ttl":%s' "$1" "$ttl" "$longest"; }

switch_on() { # MOUNT METHOD WORD [CONFIG]
  call GET "sys/auth/$1"
  made=no
  [ "$status" != 200 ] || return 0
  body "{\"type\":\"$2\"${4:-}}"
  call POST "sys/auth/$1"
  done_or_fail "$3 could not be switched on"
  say "switched on $3"
  made=yes
}

# NAME,NAME as texts of JSON.
texts() { printf '"%s"' "$1" | sed 's/ *, */","/g'; }

by_service_account() { # ROLE NAMES
  body "{\"bound_service_account_names\":[$(texts "$2")],\"bound_service_account_namespaces\":[\"$namespace\"],$(tokens "$1")}"
  call POST "auth/$kubernetes_mount/role/$1"
  done_or_fail "The role $1 of $kubernetes_mount could not be written"
  say "role $1 of $kubernetes_mount: $2 in $namespace"
}
if [ -n "$namespace" ]; then
  switch_on "$kubernetes_mount" kubernetes "Kubernetes at $kubernetes_mount"
  [ "$made" = no ] || say "Vault must be told where the cluster is: vault write auth/$kubernetes_mount/config kubernetes_host=https://…"
  by_service_account mutt-programs "$names"
  by_service_account mutt-webui "$webui_names"
  by_service_account mutt-rotator "$webui_names"
fi

by_certificate() { # ROLE NAMES
  body "{\"certificate\":\"$(awk '{ sub(/\r$/, ""); printf "%s\\n", $0 }' "$authority")\",\"allowed_common_names\":[$(texts "$2")],$(tokens "$1")}"
  call POST "auth/$cert_mount/certs/$1"
  done_or_fail "The role $1 of $cert_mount could not be written"
  say "role $1 of $cert_mount: certificates of $2"
}
if [ -n "$authority" ]; then
  switch_on "$cert_mount" cert "certificates at $cert_mount"
  by_certificate mutt-programs "$names"
  by_certificate mutt-webui "$webui_names"
  by_certificate mutt-rotator "$webui_names"
fi

# Puts the secret_id into a new file that takes the place of what is there: an old one would keep its mode, and a link would be followed.
put() { # FILE
  new=$(mktemp "$(dirname -- "$1")/.mutt-XXXXXXXX") || fail "$1 cannot be written."
  cat "$work/secret-id" >"$new"
  chmod 600 "$new"
  # It stays the file of whoever was to read it.
  if [ -f "$1" ] && [ ! -h "$1" ]; then
    # shellcheck disable=SC2012
    chown "$(ls -ln "$1" | awk '{ print $3 ":" $4 }')" "$new" || { rm -f "$new"; fail "$1 belongs to another user."; }
  fi
  mv -f "$new" "$1" || { rm -f "$new"; fail "$1 cannot be written."; }
}

role() { # NAME FILE
  body "{$(tokens "$1"),\"secret_id_num_uses\":$id_uses,\"secret_id_ttl\":$id_ttl}"
  call POST "auth/approle/role/$1"
  done_or_fail "The role $1 could not be written"
  call GET "auth/approle/role/$1/role-id"
  done_or_fail "The role_id of $1 could not be read"
  say "role $1: role_id $(field role_id)"
  [ -n "$2" ] || return 0
  [ ! -d "$2" ] || fail "$2 is a folder."
  if [ -s "$2" ] && [ "$renew" = no ]; then
    chmod 600 "$2" || fail "$2 holds a secret_id, and others may read it."
    say "kept the secret_id in $2"
    return 0
  fi
  body '{}'
  if [ "$wrap" = 0 ]; then
    call POST "auth/approle/role/$1/secret-id"
    name=secret_id
  else
    call POST "auth/approle/role/$1/secret-id" --header "X-Vault-Wrap-TTL: $wrap"
    name=token
  fi
  done_or_fail "A secret_id for $1 could not be made"
  field "$name" >"$work/secret-id"
  [ -s "$work/secret-id" ] || fail "The answer for $1 holds no secret_id."
  put "$2"
  say "put a secret_id into $2"
  lives=$(sed -n 's/.*"secret_id_ttl":\([0-9]*\).*/\1/p' "$work/answer")
  [ "${lives:-$id_ttl}" = "$id_ttl" ] || say "Vault lets it live for $lives seconds only: the longest lease of AppRole bounds it (vault auth tune -max-lease-ttl=${id_ttl}s approle)"
}
if [ -z "$namespace$authority" ] || [ -n "$secret_id_file$webui_file$rotator_file" ]; then
  [ "$id_ttl" -le "$longest" ] && lease=$longest || lease=$id_ttl
  switch_on approle approle AppRole ",\"config\":{\"max_lease_ttl\":\"${lease}s\"}"
  role mutt-programs "$secret_id_file"
  role mutt-webui "$webui_file"
  role mutt-rotator "$rotator_file"
fi

# Earlier versions made one role for all programs, which may read everything below mutt/.
call GET auth/approle/role/mutt
[ "$status" != 200 ] || say "the role mutt is of an earlier version: give programs the new ones, then delete it and its policy"

if [ "$show" = yes ]; then
  for place in prod prod/admin dev dev/admin; do
    call GET "$mount/data/mutt/$place"
    [ "$status" != 404 ] || continue
    done_or_fail "$mount/mutt/$place could not be read"
    say "$mount/mutt/$place: $(grep -o '"[A-Z][A-Z0-9_]*":' "$work/answer" | tr -d '":' | sort -u | tr '\n' ' ')"
  done
fi
