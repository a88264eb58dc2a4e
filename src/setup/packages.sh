#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# packages.sh [--install] GROUP... - are the Debian packages of these groups there
# (see packages.txt)? With --install, gets those that are not through apt. Exit
# code 4 when something is still missing. VHINT_NO_APT=1 forbids installation.
set -euo pipefail
export LC_ALL=C

table=$(dirname "$0")/packages.txt
install=
if [ "${1:-}" = --install ]; then
	install=1
	shift
fi

say()
{
	printf '%s\n' "$@" >&2
}

if ! command -v dpkg-query >/dev/null; then
	say "vhint: this is no Debian: there is no dpkg-query. The kit is made for Debian 12;" \
		"$table lists what it needs."
	exit 4
fi

mapfile -t wanted < <(awk -v groups="$*" '
	BEGIN { n = split(groups, part, " "); for (i = 1; i <= n; i++) want[part[i]] }
	!/^#/ {
		n = split($2, part, ",")
		for (i = 1; i <= n; i++)
			if (part[i] in want) { print $1; next }
	}' "$table")

missing()
{
	comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
		<(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
			sed -n 's/^installed //p' | sort)
}

mapfile -t need < <(missing)
[ ${#need[@]} -gt 0 ] || exit 0

say "vhint: these Debian packages are missing:"
for name in "${need[@]}"; do
	awk -v name="$name" '$1 == name {
		$1 = $2 = ""
		printf "  %-24s%s\n", name, substr($0, 3)
	}' "$table" >&2
done

apt=(apt-get)
[ "$(id -u)" = 0 ] || apt=(sudo apt-get)
if [ -z "$install" ] || [ -n "${VHINT_NO_APT:-}" ]; then
	[ -z "$install" ] || say "Not installed, since VHINT_NO_APT is set."
	say "Install them: ${apt[*]} install --no-install-recommends ${need[*]}"
	exit 4
fi
if ! command -v "${apt[0]}" >/dev/null; then
	say "To install them needs root, and there is no ${apt[0]}. As root:" \
		"  apt-get install --no-install-recommends ${need[*]}"
	exit 4
fi

log=$(dirname "$0")/../../build/apt.log
mkdir -p "$(dirname "$log")"
say "Installing them with ${apt[*]}; what it says goes to build/apt.log."
run=("${apt[@]:0:${#apt[@]}-1}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
# One unreachable repository among many is no reason to give up
"${run[@]}" update >"$log" 2>&1 </dev/null || say "apt-get update failed; trying without."
if ! "${run[@]}" -y -o Dpkg::Use-Pty=0 install --no-install-recommends "${need[@]}" \
	>>"$log" 2>&1 </dev/null; then
	tail -n 20 "$log" >&2
	say "apt-get failed; its last words are above."
	exit 4
fi
mapfile -t need < <(missing)
if [ ${#need[@]} -gt 0 ]; then
	say "vhint: still missing: ${need[*]}"
	exit 4
fi
