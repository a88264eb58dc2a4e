#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# module.sh FLAVOUR OUTDIR - builds the policy module for a kernel of build/kernel/,
# in OUTDIR, which gets links to the sources: kbuild puts its output beside them.

. "$(dirname "$0")/common.sh"

flavour=$1
out=$kit/$2
tree=$kit/build/kernel/$flavour/extmod
log=$out/build.log

[ -d "$tree" ] || die "There is no $tree: run 'make kernel FLAVOURS=$flavour' first."
[ -f "$kit/src/policy/Kbuild" ] || die "There is no src/policy/Kbuild to build the module from."

mkdir -p "$out"
if [ "$(cat "$out/for" 2>/dev/null)" != "$(readlink "$kit/build/kernel/$flavour")" ]; then
	find "$out" -mindepth 1 -delete		# objects for another kernel
fi
find "$out" -type l -delete
find "$kit/src/policy" -maxdepth 1 -type f \( -name '*.[ch]' -o -name Kbuild \) \
	-exec ln -s -t "$out" {} +
readlink "$kit/build/kernel/$flavour" >"$out/for"

# The compiler's words about our own sources are for the reader, warnings too. A module is
# the same wherever it is built.
if ! make -C "$tree" M="$out" KCFLAGS="-ffile-prefix-map=$out/=" -j"$JOBS" modules \
	>"$log" 2>&1; then
	cat "$log" >&2
	die "The policy module failed to build for kernel '$flavour'."
fi
grep -E 'warning:|WARNING:' "$log" >&2 || true
[ -f "$out/vhint.ko" ] || die "src/policy/Kbuild made no vhint.ko; see $log"
touch "$out/vhint.ko"
