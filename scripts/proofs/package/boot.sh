#!/bin/bash
# Boots a bare machine: its systemd is the first process of a namespace, with a loopback of its own.
#
#   boot.sh BASE MACHINE
#
# BASE is a folder with an unpacked system, which stays as it is; MACHINE one for what this machine changes. Needs root.
set -euo pipefail

if [ "${INSIDE:-}" != yes ]; then
  mkdir -p "$2/changes" "$2/work" "$2/root"
  INSIDE=yes exec unshare --mount --pid --fork --kill-child=KILL --net --uts --ipc --cgroup bash "$0" "$@"
fi

here=$(cd "$(dirname "$0")" && pwd)
base=$1 machine=$2
mount --make-rprivate /
hostname packages
# By relative paths: overlayfs reads commas and colons as its own.
cd "$machine"
ln -sfn "$base" base
mount -t overlay overlay -o lowerdir=base,upperdir=changes,workdir=work root
root=$machine/root
# Docker lays an overlay of its own, which one of ours would not take.
for folder in docker containerd; do
  [ ! -d "$root/usr/share/doc/docker.io" ] || { mkdir -p "$folder" "$root/var/lib/$folder" && mount --bind "$folder" "$root/var/lib/$folder"; }
done
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
. "$here/../fresh/devices.sh"
ip link set lo up
# In a chroot the kernel would refuse the user namespaces that units ask for.
cd "$root"
pivot_root . mnt
exec env -i container=mutt PATH=/usr/sbin:/usr/bin bash -c 'umount -l /mnt && exec /lib/systemd/systemd'
