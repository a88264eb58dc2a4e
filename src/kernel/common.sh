# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the kernel build's scripts share: where things are, how to fail, how to
# show progress, the lock, and what identifies a kernel source. To be sourced.

set -euo pipefail
export LC_ALL=C

# An outer make's job server and a caller's compile flags are not for the kernel, nor is
# anything else that would make another kernel of the same source
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES ARCH CROSS_COMPILE LLVM O LOCALVERSION
unset CFLAGS CPPFLAGS LDFLAGS KCFLAGS KAFLAGS KCPPFLAGS GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
unset SUBLEVEL EXTRAVERSION SOURCE_DATE_EPOCH "${!KBUILD_@}"
umask 022

EXIT_BAD_HOST=4

kit=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vhint
debian_package=linux-source-6.12
debian_tarball=/usr/src/$debian_package.tar.xz
JOBS=${JOBS:-$(nproc)}

die()
{
	printf 'kernel: %s\n' "$@" >&2
	exit "${exit_code:-1}"
}

die_host()
{
	exit_code=$EXIT_BAD_HOST die "$@"
}

# elapsed - minutes and seconds since this script began
elapsed()
{
	printf '%2d:%02d' $((SECONDS / 60)) $((SECONDS % 60))
}

step()
{
	printf '  [%s] %s\n' "$(elapsed)" "$*" >&2
}

# hash12 - the first 12 digits of the SHA-256 of standard input
hash12()
{
	sha256sum | cut -c1-12
}

# One build at a time: they share the source tree and the machine's CPUs
take_lock()
{
	[ -z "${locked:-}" ] || return 0
	locked=1
	mkdir -p "$cache"
	exec 9>>"$cache/lock"
	flock -n 9 && return
	step "waiting for another kernel build (lock: $cache/lock)"
	flock 9
}

# need_space MIB - the cache's file system must have so much free
need_space()
{
	local free

	mkdir -p "$cache"
	free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
	if ((free < $1)); then
		die_host "$cache has $free MiB free; this build needs $1 MiB." \
			"Free some there, or set XDG_CACHE_HOME to a folder on another file system."
	fi
}

# What runs meanwhile: counts what the log says was compiled, on one refreshing
# line of a terminal, or as a line each minute elsewhere. Of how many is left out
# once there are more than were expected.
ticker()
{
	local log=$1 what=$2 n of next=60

	while sleep 2 && kill -0 $$ 2>/dev/null; do
		n=$(grep -cE '^  (CC|AS|LD|AR|HOST[A-Z]+) ' "$log" || true)
		of=
		((n > ${expected_files:-0})) || of=" of about $expected_files"
		if [ -t 2 ]; then
			printf '\r\033[K  [%s] %s: %d%s files' "$(elapsed)" "$what" "$n" "$of" >&2
		elif ((SECONDS >= next)); then
			step "$what: $n$of files"
			next=$((SECONDS / 60 * 60 + 60))
		fi
	done
}

stop_ticker()
{
	[ -n "${ticker_pid:-}" ] || return 0
	kill "$ticker_pid" 2>/dev/null || true
	wait "$ticker_pid" 2>/dev/null || true
	ticker_pid=
	if [ -t 2 ]; then
		printf '\r\033[K' >&2
	fi
}
trap stop_ticker EXIT

# logged LOG WHAT COMMAND... - runs COMMAND with its output in LOG; the step is
# shown with a count of files where it is a long one, and the log's end if it fails
logged()
{
	local log=$1 what=$2 rc=0

	shift 2
	step "$what"
	ticker "$log" "$what" 9>&- &
	ticker_pid=$!
	"$@" >>"$log" 2>&1 </dev/null || rc=$?
	stop_ticker
	[ $rc -ne 0 ] || return 0
	printf '%s\n' "--- the last lines of $log" >&2
	tail -n 20 "$log" >&2
	die "'$what' failed (exit code $rc). The whole log: $log"
}

# source_id - one line that identifies the kernel source that a build would use
source_id()
{
	local version

	if [ -n "${KERNEL_SRC:-}" ]; then
		[ -f "$KERNEL_SRC/Kbuild" ] ||
			die "KERNEL_SRC=$KERNEL_SRC is not a kernel source tree: it has no Kbuild."
		version=$(make -s -C "$KERNEL_SRC" kernelversion)
		printf 'dir %s %s\n' "$version" \
			"$(cd "$KERNEL_SRC" && find . -name .git -prune -o -type f \
				-printf '%P %s %T@\n' | sort | hash12)"
		return
	fi
	version=$(dpkg-query -W -f='${db:Status-Status} ${Version}' "$debian_package" \
		2>/dev/null) || true
	if [ "${version%% *}" != installed ] || [ ! -f "$debian_tarball" ]; then
		die_host "There is no $debian_tarball: $debian_package is not installed." \
			"Install this Debian package, or give a source tree: KERNEL_SRC=DIR."
	fi
	printf 'debian %s\n' "${version#* }"
}

# source_name ID - the same for a reader
source_name()
{
	local kind version

	read -r kind version _ <<<"$1"
	case $kind in
	debian) echo "Debian's $debian_package, version $version" ;;
	dir) echo "$KERNEL_SRC (Linux $version)" ;;
	esac
}

# pristine_source ID - sets $pristine to an untouched source tree, extracting
# Debian's if the cache does not have it
pristine_source()
{
	local tmp=$cache/work/extract

	if [ -n "${KERNEL_SRC:-}" ]; then
		pristine=$(cd "$KERNEL_SRC" && pwd)
		return
	fi
	pristine=$cache/source-$(hash12 <<<"$1")
	[ ! -d "$pristine" ] || return 0
	take_lock
	[ ! -d "$pristine" ] || return 0	# whoever had the lock has extracted it
	need_space 2500
	rm -rf "$tmp"
	mkdir -p "$tmp"
	step "extract $debian_tarball"
	tar -C "$tmp" --strip-components=1 --no-same-owner -I "xz -T$JOBS" -xf "$debian_tarball" ||
		die "Cannot extract $debian_tarball into $tmp."
	rm -rf "$cache"/source-*
	mv "$tmp" "$pristine"
}
