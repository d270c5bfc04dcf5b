#!/usr/bin/env bash
# The README's first command, the unit tests and those of the trainer on a Python that this machine may not
# have: that of a Debian release, in a folder of its own, with no compiler.
#
#   tests/live/debian_python/run.sh [SUITE]
#
# SUITE is a release of Debian, "testing" if none is given. Run by hand, as root, on Debian, from anywhere; needs
# a network and
#   apt install mmdebstrap
# Takes some ten minutes. What it found is kept beside this file, in last-output.txt. Exit code 0 if all passed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../../.." && pwd)
readonly here repository suite=${1:-testing} mirror=http://deb.debian.org/debian

# A release is signed with keys that an older Debian may not have: its own package has them.
get_keys() {
  local package
  package=$(wget -qO- "$mirror/dists/$suite/main/binary-amd64/Packages.xz" | xz -dc |
    awk '/^Package:/ { keys = $2 == "debian-archive-keyring" } keys && /^Filename:/ { print $2 }')
  wget -qO "$work/keys.deb" "$mirror/$package"
  dpkg -x "$work/keys.deb" "$work/keys"
}

get_system() {
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --include=python3,python3-venv,git,ca-certificates,libasound2t64,procps "$suite" "$root" \
    "deb [signed-by=$(find "$work/keys" -name debian-archive-keyring.pgp)] $mirror $suite main"
  cp /etc/resolv.conf "$root/etc/"
  cp -r /etc/ssl/certs/. "$root/etc/ssl/certs/" # those of this machine's administrator, too
  for mounted in proc dev dev/pts; do mount --bind "/$mounted" "$root/$mounted"; done
}

leave() {
  for mounted in dev/pts dev proc; do umount -q "$root/$mounted" || true; done
  rm -rf --one-file-system "$work"
}

work=$(mktemp -d)
readonly work root=$work/root
trap leave EXIT
get_keys
get_system
git clone -q "$repository" "$root/antiphon"
{ date -u +"%Y-%m-%d" && chroot "$root" env HOME=/root PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
  bash /antiphon/tests/live/debian_python/inside.sh; } | tee "$work/output"
cp "$work/output" "$here/last-output.txt"
