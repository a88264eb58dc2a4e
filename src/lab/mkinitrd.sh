#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Packs the lab's initrd: a static busybox, init and stage2. Takes a tenth of a
# second, and needs no root.
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 OUTPUT" >&2
	exit 3
fi
out=$1
src=$(cd "$(dirname "$0")" && pwd)

busybox=$(command -v busybox) || {
	echo "$0: no busybox found; install the package busybox-static" >&2
	exit 4
}
# A dynamic busybox would look for a C library that is not mounted yet.
if readelf -l "$busybox" 2>/dev/null | grep -q INTERP; then
	echo "$0: $busybox is not static; install the package busybox-static" >&2
	exit 4
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
mkdir "$tmp/bin" "$tmp/lower" "$tmp/rw" "$tmp/new"
install -m 755 "$busybox" "$tmp/bin/busybox"
install -m 755 "$src/init" "$tmp/init"
install -m 755 "$src/stage2" "$tmp/stage2"
mkdir -p "$(dirname "$out")"
"$src/../workload/pack.sh" "$tmp" "$out"
