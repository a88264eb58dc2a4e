#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# uninstall.sh - `make uninstall-host`: removes what install.sh put on this machine,
# or below DESTDIR, and nothing else.

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/installed.sh"

check_root
[ -f "$manifest" ] || die "Nothing is installed: there is no $manifest."
release=$(cat "$root$share/release")
if [ -z "$root" ] && [ "$(uname -r)" = "$release" ]; then
	die "This machine runs $release now: boot another kernel first, then uninstall."
fi

if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
	exec sudo env PREFIX="$PREFIX" "$0"
fi

step "remove $release, and $share"
while read -r file; do
	rm -f "$root$file"
	dirs+=("$(dirname "$root$file")")
done <"$manifest"
rm -f "$manifest" "$root/lib/modules/$release"/modules.*
printf '%s\n' "${dirs[@]}" | sort -ru | while read -r dir; do
	while [ "$dir" != "$root" ] && [ "$dir" != / ] && rmdir "$dir" 2>/dev/null; do
		dir=$(dirname "$dir")
	done
done
[ -n "$root" ] || run_hooks postrm "$release"
