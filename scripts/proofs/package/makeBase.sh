#!/bin/bash
# Unpacks a Debian with systemd and these packages, and a package nodejs with the Node.js and the npm of this clone: Debian's own is older
# than MUTT needs.
#
#   makeBase.sh SUITE NODE NPM FOLDER PACKAGES
#
# Needs root and debootstrap; what apt is told about proxies and the like holds inside too.
set -euo pipefail

suite=$1 node=$2 npm=$3 folder=$4 packages=$5
rm -rf "$folder.new"
debootstrap --variant=minbase --include="ca-certificates,curl,dbus,openssl,systemd,systemd-sysv,$packages" \
  "$suite" "$folder.new" >"$folder.log" 2>&1

package=$(mktemp -d)
mkdir -p "$package/DEBIAN" "$package/usr/bin" "$package/usr/lib/node_modules"
cp -L "$node" "$package/usr/bin/node"
cp -a "$npm" "$package/usr/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$package/usr/bin/npm"
printf 'Package: nodejs\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: stands in for a newer nodejs\n' \
  "$("$node" -p process.versions.node)" >"$package/DEBIAN/control"
chmod -R go=rX "$package"
dpkg-deb --root-owner-group -Znone --build "$package" "$folder.new/nodejs.deb" >>"$folder.log"
chroot "$folder.new" dpkg -i /nodejs.deb >>"$folder.log" 2>&1
rm -rf "$package" "$folder.new/nodejs.deb" "$folder.new/var/cache/apt/archives"
mkdir -p "$folder.new/var/cache/apt/archives/partial"
rm -rf "$folder" && mv "$folder.new" "$folder"
