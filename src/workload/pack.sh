#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pack.sh DIR OUTPUT [BEHIND] - DIR as a compressed cpio archive for a kernel to unpack,
# behind another such archive if one is named
#
# The same files give the same bytes on every machine: sorted, owned by root, with one time
# stamp, numbered in order, with permissions that no umask changes, and with 2 as the number
# of every folder's links, which file systems count differently.
set -euo pipefail
export LC_ALL=C

die() {
	echo "pack.sh: $*" >&2
	exit 1
}

[ $# -ge 2 ] || die "usage: pack.sh DIR OUTPUT [BEHIND]"
for tool in cpio perl; do
	command -v $tool >/dev/null || die "no $tool: apt-get install $tool"
done
dir=$1
output=$2
behind=${3:-/dev/null}

# In the format "newc" a file's header is 110 bytes: "070701", then hexadecimal fields of 8
# shellcheck disable=SC2016	# what looks like a variable is Perl's
same_links='
	local $/;
	$_ = <STDIN>;
	for (my $at = 0; substr($_, $at + 110, 10) ne "TRAILER!!!"; ) {
		my ($magic, $mode, $size, $name) = unpack("A6 x8 A8 x32 A8 x32 A8", substr($_, $at, 110));
		$magic eq "070701" or die "pack.sh: cpio wrote no header at byte $at\n";
		substr($_, $at + 38, 8) = "00000002" if (hex($mode) & 0170000) == 0040000;
		$at += (110 + hex($name) + 3 & ~3) + (hex($size) + 3 & ~3);
	}
	print;'

# Renamed in the end, so that what is interrupted leaves no half file
trap 'rm -f "$output.tmp$$"' EXIT
trap 'exit 1' INT TERM
chmod -R u=rwX,go=rX "$dir"
find "$dir" -exec touch -h -d @0 {} +
(
	cd "$dir"
	find . -mindepth 1 -print0 | sort -z |
		cpio --quiet --null --create --format=newc --reproducible --owner=0:0
) | perl -e "$same_links" | gzip -n -9 | cat "$behind" - >"$output.tmp$$"
mv "$output.tmp$$" "$output"
