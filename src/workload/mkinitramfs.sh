#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# mkinitramfs.sh OUTPUT RUNNER - the guest's initramfs, from this machine's own Debian packages
#
# The runner as /init, hackbench (rt-tests) with the libraries it needs, and busybox for a look
# around (boot with rdinit=/bin/sh). Device nodes come from devtmpfs, so no root is needed.
set -eu

HACKBENCH=/usr/bin/hackbench
BUSYBOX=/usr/bin/busybox

die() {
	echo "mkinitramfs.sh: $*" >&2
	exit 1
}

[ $# -eq 2 ] || die "usage: mkinitramfs.sh OUTPUT RUNNER"
output=$1
runner=$2
[ -f "$runner" ] || die "$runner: no such file (the runner is built by make)"
[ -e "$BUSYBOX" ] || BUSYBOX=/bin/busybox
[ -x "$BUSYBOX" ] || die "no busybox: apt-get install busybox-static"
[ -x "$HACKBENCH" ] || die "no $HACKBENCH: apt-get install rt-tests"
if ldd "$BUSYBOX" >/dev/null 2>&1; then
	die "$BUSYBOX is not static: apt-get install busybox-static"
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' INT TERM

# Where a merged /usr makes /bin a link, programs still ask for /bin and /lib by name.
mkdir -p "$stage/bin" "$stage/dev" "$stage/proc" "$stage/sys" "$stage/tmp" "$stage/usr/bin"
cp "$runner" "$stage/init"
strip "$stage/init"
cp "$BUSYBOX" "$stage/bin/busybox"
ln -s busybox "$stage/bin/sh"
cp "$HACKBENCH" "$stage$HACKBENCH"

# "name => /path (0x...)" and "/path (0x...)"; the vdso has no path
ldd "$HACKBENCH" | sed -n 's/^.*[[:space:]]\(\/[^ ]*\) (0x.*$/\1/p' | while read -r lib; do
	mkdir -p "$stage$(dirname "$lib")"
	cp -L "$lib" "$stage$lib"
done
[ -n "$(find "$stage" -name 'libc.so*')" ] || die "ldd $HACKBENCH names no libc"

"$(dirname "$0")/pack.sh" "$stage" "$output"
