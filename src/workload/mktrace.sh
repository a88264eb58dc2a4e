#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# mktrace.sh OUTPUT INITRAMFS - the guest's initramfs with trace-cmd, from this machine's own package
#
# A second archive behind the first: the kernel unpacks one after the other.
set -eu

TRACER=/usr/bin/trace-cmd

die() {
	echo "mktrace.sh: $*" >&2
	exit 1
}

[ $# -eq 2 ] || die "usage: mktrace.sh OUTPUT INITRAMFS"
output=$1
base=$2
[ -f "$base" ] || die "$base: no such file (make guest)"
[ -x "$TRACER" ] || die "no $TRACER: apt-get install trace-cmd"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' INT TERM

mkdir -p "$stage/usr/bin"
cp "$TRACER" "$stage$TRACER"
# "name => /path (0x...)" and "/path (0x...)"; the C library loads libgcc_s when a thread ends
libs=$(ldd "$TRACER" | sed -n 's/^.*[[:space:]]\(\/[^ ]*\) (0x.*$/\1/p')
for lib in $libs; do
	mkdir -p "$stage$(dirname "$lib")"
	cp -L "$lib" "$stage$lib"
	case $lib in
	*/libc.so*) cp -L "$(dirname "$lib")/libgcc_s.so.1" "$stage$(dirname "$lib")/" ;;
	esac
done
[ -n "$(find "$stage" -name 'libgcc_s*')" ] || die "ldd $TRACER names no libc"

"$(dirname "$0")/pack.sh" "$stage" "$output" "$base"
