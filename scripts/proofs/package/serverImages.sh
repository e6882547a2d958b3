#!/bin/bash
# Makes the images that compose.yaml names, on a machine without a registry: MUTT's of its Dockerfile, and stand-ins of the servers', of
# this machine's own packages, which start as the official ones do, as far as compose.yaml asks for it.
#
#   serverImages.sh VERSION
set -euo pipefail
export DOCKER_BUILDKIT=0
images=$(mktemp -d)

# This machine's Node.js, where the base image has it.
mkdir -p "$images/node/nodejs/bin"
for file in $(ldd /usr/bin/node | grep -o '/[^ ]*'); do cp -L --parents "$file" "$images/node"; done
cp /usr/bin/node "$images/node/nodejs/bin/node"
tar -C "$images/node" -c . | docker import - node >/dev/null
docker build --quiet --build-arg BASE=node --build-arg VERSION="$1" --tag "mutt:$1" .

tar -C / --exclude=usr/share/doc --exclude=usr/share/locale --exclude='usr/*bin/*docker*' --exclude='usr/bin/containerd*' \
  -c bin etc lib lib64 sbin usr | docker import - servers >/dev/null

mkdir "$images/postgres" "$images/valkey"
cat >"$images/postgres/docker-entrypoint.sh" <<'SCRIPT'
#!/bin/bash
set -euo pipefail
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" && chown -R postgres /var/lib/postgresql
  POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") exec gosu postgres "$0" "$@"
fi
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  initdb --username=postgres --pwfile=<(echo "$POSTGRES_PASSWORD") --auth-local=trust --auth-host=scram-sha-256
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --options="-c listen_addresses=''" start
  for file in /docker-entrypoint-initdb.d/*.sql; do psql --username=postgres -v ON_ERROR_STOP=1 --file="$file"; done
  pg_ctl --wait stop
fi
exec "$@" -c listen_addresses='*'
SCRIPT
cat >"$images/postgres/Dockerfile" <<'FILE'
FROM servers
RUN usermod -u 999 postgres && install -d -o postgres /docker-entrypoint-initdb.d /var/lib/postgresql /var/run/postgresql
COPY docker-entrypoint.sh /usr/local/bin/
ENV PGDATA=/var/lib/postgresql/18/docker PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/usr/lib/postgresql/17/bin
VOLUME /var/lib/postgresql
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
FILE
cat >"$images/valkey/docker-entrypoint.sh" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = valkey-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user valkey -exec chown valkey '{}' +
  exec setpriv --reuid=valkey --regid=valkey --clear-groups -- "$0" "$@"
fi
# The official server is built without the protection that would have it listen to its own machine alone.
[ "$1" != valkey-server ] || set -- "$@" --protected-mode no
exec "$@"
SCRIPT
cat >"$images/valkey/Dockerfile" <<'FILE'
FROM servers
RUN ln -sf valkey-server /usr/bin/valkey-sentinel && install -d -o valkey /data
COPY docker-entrypoint.sh /usr/local/bin/
VOLUME /data
WORKDIR /data
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["valkey-server"]
FILE
chmod +x "$images"/*/docker-entrypoint.sh
docker build --quiet --tag postgres:18 "$images/postgres"
docker build --quiet --tag valkey/valkey:9 "$images/valkey"
