#!/bin/bash
# Unpacks a bare Debian with the distribution's Node.js and npm.
#
#   makeBase.sh SUITE PYTHON FOLDER
#
# PYTHON `yes`: with Python, its pip, and git. `no`: without any of them. Needs root and debootstrap; what apt is told about proxies and
# the like holds inside too.
set -euo pipefail

suite=$1 python=$2 folder=$3
rm -rf "$folder.new"
debootstrap --variant=minbase --include=ca-certificates "$suite" "$folder.new" >"$folder.log" 2>&1

cp /etc/resolv.conf /etc/hosts "$folder.new/etc/"
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp /etc/ssl/certs/ca-certificates.crt "$folder.new/etc/ssl/certs/"
apt-config dump Acquire >"$folder.new/etc/apt/apt.conf.d/90host"
echo force-unsafe-io >"$folder.new/etc/dpkg/dpkg.cfg.d/fast"
chroot "$folder.new" useradd -m -K UMASK=077 ann

inside() { chroot "$folder.new" env DEBIAN_FRONTEND=noninteractive "$@" >>"$folder.log" 2>&1; }
inside apt-get update -qq
if [ "$python" = yes ]; then
  inside apt-get install -y -qq --no-install-recommends npm git python3-pip
else
  inside apt-get install -y -qq --no-install-recommends npm
  # Debian's npm brings Python, though npm itself needs none.
  rm -rf "$folder.new"/usr/bin/*python3* "$folder.new"/usr/lib/python3*
fi
rm -rf "$folder.new/var/cache/apt/archives" "$folder.new/var/lib/apt/lists"
mkdir -p "$folder.new/var/cache/apt/archives/partial" "$folder.new/var/lib/apt/lists/partial"
rm -rf "$folder" && mv "$folder.new" "$folder"
