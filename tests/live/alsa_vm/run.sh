#!/usr/bin/env bash
# What the tests' pretended MIDI library only simulates, on Linux's own ALSA sequencer, in a virtual machine:
# virtual ports, an exchange with aplaymidi and aseqdump, an end in mid-note, a USB keyboard and a USB
# synthesizer that are unplugged and come back, a playing process that is killed or hangs and one that takes
# over. The checks stand in exchange.py, plugging.py and handover.py. They prove behaviour, not speed: the machine is
# emulated and its time goes as fast as its instructions.
#
#   tests/live/alsa_vm/run.sh [CACHE]
#
# Run by hand, on Debian 12, from anywhere; needs no KVM and no sound card, but a network and
#   apt install qemu-system-x86 mmdebstrap cpio kmod python3-pip
# CACHE (or $ANTIPHON_VM_CACHE, else ~/.cache/antiphon-alsa-vm) keeps what was downloaded, some 600 MB: delete
# it to renew kernel and system. Takes some twenty minutes of one processor, and one more the first time.
# What it found is kept beside this file, in last-output.txt. Exit code 0 if all checks passed, else 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../../.." && pwd)
cache=${1:-${ANTIPHON_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/antiphon-alsa-vm}}
readonly here repository cache limit_s=3600 suite=bookworm
modules=(snd-seq snd-seq-midi snd-seq-dummy snd-virmidi snd-usb-audio dummy_hcd libcomposite usb_f_midi)

say() { echo "alsa_vm: $*" >&2; }

archive() { (cd "$1" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0); }

# Debian's own kernel, unpacked and not installed.
get_kernel() {
  [ -e "$cache/kernel/ready" ] && return
  say "getting the kernel"
  rm -rf "$cache/kernel" && mkdir -p "$cache/kernel"
  local package
  package=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p')
  (cd "$cache/kernel" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$package" && dpkg -x ./*.deb . && rm ./*.deb)
  touch "$cache/kernel/ready"
}

# The smallest Debian that has Python and the ALSA tools.
get_system() {
  [ -e "$cache/system.cpio" ] && return
  say "getting the system"
  rm -rf "$cache/system" && mkdir -p "$cache/system"
  mmdebstrap --quiet --variant=essential --include=python3,alsa-utils,kmod,mount,libstdc++6 \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' "$suite" - | tar -x -C "$cache/system" --exclude='./dev/*'
  archive "$cache/system" >"$cache/system.part"
  mv "$cache/system.part" "$cache/system.cpio"
  rm -rf "$cache/system"
}

# The modules that are needed, each with those it depends on, below $1.
add_modules() {
  local version module
  version=$(ls "$cache/kernel/lib/modules")
  /sbin/depmod -b "$cache/kernel" "$version"
  for module in "${modules[@]}"; do
    /sbin/modprobe -d "$cache/kernel" -S "$version" --show-depends "$module"
  done | sed -n "s|^insmod $cache/kernel/\([^ ]*\).*|\1|p" | sort -u >"$1/wanted"
  (cd "$cache/kernel" && cpio --quiet -pd "$1" <"$1/wanted")
  cp "$cache/kernel/lib/modules/$version"/modules.{order,builtin}* "$1/lib/modules/$version"
  /sbin/depmod -b "$1" "$version"
  mkdir "$1/usr" && mv "$1/lib" "$1/usr/lib" # where /lib leads: a folder of that name would take its place
}

# This tree's wheel, made of a copy so that the tree stays as it is, and what it needs at run time.
add_antiphon() {
  local copy=$work/copy
  mkdir "$copy"
  (cd "$repository" && cp -r pyproject.toml README.md LICENSE daemon training "$copy")
  python3 -m pip wheel -q --no-deps -w "$work" "$copy"
  python3 -m pip install -q --no-warn-script-location --no-warn-conflicts --only-binary=:all: --python-version 3.11 \
    --target "$1/opt/antiphon" "$work"/antiphon-*.whl
  sed -i '1s|.*|#!/usr/bin/python3|' "$1/opt/antiphon/bin/antiphon"
}

# The first serial line is the kernel's, the second the checks' report. The machine's clock counts instructions:
# a busy host makes it slower without its noticing, and while it sleeps no time passes here.
boot() {
  cat "$cache/system.cpio" "$work/ours.cpio" >"$work/initrd"
  nice -n 10 timeout -k 5 "$limit_s" qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -rtc clock=vm \
    -cpu max -smp 1 -m 2048 -nic none -no-reboot -display none \
    -monitor none -serial "file:$work/console" -serial "file:$work/report" \
    -kernel "$cache"/kernel/boot/vmlinuz-* -initrd "$work/initrd" \
    -append "console=ttyS0 quiet loglevel=4 panic=-1" </dev/null
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache" "$work/ours/checks"
get_kernel
get_system
say "installing antiphon"
add_modules "$work/ours"
add_antiphon "$work/ours"
cp "$here"/*.py "$work/ours/checks"
cp "$here/init" "$work/ours/init"
archive "$work/ours" >"$work/ours.cpio"
say "starting the machine"
touch "$work/console" "$work/report"
boot || say "the machine was ended: by its limit of $limit_s s, or from outside"
{ date -u +"%Y-%m-%d"; tr -d '\r' <"$work/report"; } | tee "$work/output"
# Half a run is no record.
if grep -q 'checks \(passed\|failed\)\.$' "$work/output"; then cp "$work/output" "$here/last-output.txt"; fi
if ! grep -q '^All [0-9]* checks passed\.$' "$work/output"; then
  say "the end of the machine's console:"
  tail -n 40 "$work/console" >&2
  exit 1
fi
