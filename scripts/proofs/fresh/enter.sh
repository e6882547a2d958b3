#!/bin/bash
# Runs one command in a bare machine, as one of its users, and leaves no process behind.
#
#   enter.sh BASE MACHINE USER NETWORK PROGRAM [ARGUMENT...]
#
# BASE is a folder with an unpacked system, which stays as it is. MACHINE is a folder for what this machine changes. NETWORK is `host`, or
# `none` for a loopback of its own. Needs root. The environment is handed on as it is.
set -euo pipefail

if [ "${INSIDE:-}" != yes ]; then
  mkdir -p "$2/changes" "$2/work" "$2/root"
  network=
  [ "$4" = host ] || network=--net
  INSIDE=yes exec unshare --mount --pid --fork --kill-child=KILL $network bash "$0" "$@"
fi

here=$(cd "$(dirname "$0")" && pwd)
base=$1 machine=$2 user=$3 network=$4
shift 4
unset INSIDE
[ "$network" = host ] || ip link set lo up

mount --make-rprivate /
# By relative paths: overlayfs reads commas and colons as its own.
cd "$machine"
ln -sfn "$base" base
mount -t overlay overlay -o lowerdir=base,upperdir=changes,workdir=work root
root=$machine/root
mount -t proc proc "$root/proc"
. "$here/devices.sh"

# Not by exec: this shell stays the first process of the namespace. A change of user would lose the signal that ends it with its parent,
# and all processes end with it.
chroot "$root" setpriv --reuid "$user" --regid "$user" --init-groups "$@"
