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
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir -p "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"

# Not by exec: this shell stays the first process of the namespace. A change of user would lose the signal that ends it with its parent,
# and all processes end with it.
chroot "$root" setpriv --reuid "$user" --regid "$user" --init-groups "$@"
