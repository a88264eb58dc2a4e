# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What the builds of kernels and of QEMU share: where things are, how to fail, how to
# show progress, the lock, and a source tree with a series applied. To be sourced by
# who has set $tool, the name that messages begin with.

set -euo pipefail
export LC_ALL=C

# An outer make's job server and a caller's compile flags are not for what is built here
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
unset CFLAGS CPPFLAGS LDFLAGS GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

EXIT_BAD_HOST=4

kit=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vhint
lock=$cache/lock
keep_builds=4		# of each kind, the most recently used
keep_minutes=1440	# and all that were used since: another checkout's run may be under way
JOBS=${JOBS:-$(nproc)}

die()
{
	printf "$tool: %s\n" "$@" >&2
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

# files_id DIR - changes when a file below DIR does
files_id()
{
	(cd "$1" && find . -name .git -prune -o -type f -printf '%P %s %T@\n' | sort | hash12)
}

# One build of a tool at a time: they share the source tree and the machine's CPUs
take_lock()
{
	[ -z "${locked:-}" ] || return 0
	locked=1
	mkdir -p "$cache"
	exec 9>>"$lock"
	flock -n 9 && return
	step "waiting for another $tool build (lock: $lock)"
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

# What runs meanwhile: "done_so_far LOG", which each tool defines, on one refreshing
# line of a terminal, or as a line each minute elsewhere.
ticker()
{
	local log=$1 what=$2 n next=60

	while sleep 2 &>/dev/null && kill -0 $$ 2>/dev/null; do
		n=$(done_so_far "$log" || true)
		if [ -t 2 ]; then
			printf '\r\033[K  [%s] %s%s' "$(elapsed)" "$what" "${n:+: $n}" >&2
		elif ((SECONDS >= next)); then
			step "$what${n:+: $n}"
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

# last_words LOG - what a log says of a failure; a tool may know better
last_words()
{
	printf '%s\n' "--- the last lines of $1"
	tail -n 20 "$1"
}

# logged LOG WHAT COMMAND... - runs COMMAND with its output in LOG; the step is
# shown with its progress where it is a long one, and the log's end if it fails
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
	last_words "$log" >&2
	die "'$what' failed (exit code $rc). The whole log: $log"
}

# list_patches DIR - a series, without its cover letter
list_patches()
{
	find "$1" -maxdepth 1 -name '[0-9]*.patch' ! -name '0000-*' 2>/dev/null | sort
}

# --- A build's tree, $tree: the source in $src, objects in $obj. $pristine is the
# --- untouched source, $patches is the series, $log is where commands report.

# open_tree ID - an earlier build's tree if it was left in order and its ID is the
# same, else a new one: $fresh is 1 then
open_tree()
{
	fresh=0
	if [ -f "$tree/busy" ] || [ "$(cat "$tree/id" 2>/dev/null)" != "$1" ]; then
		rm -rf "$tree"
	fi
	[ -d "$obj" ] || fresh=1
	mkdir -p "$obj"
	echo "$1" >"$tree/id"
	touch "$tree/patched"
}

# clone_source - $src as a copy of the pristine tree, of hard links where that can be
clone_source()
{
	mkdir -p "$src.new"
	find "$pristine" -mindepth 1 -maxdepth 1 ! -name .git -print0 >"$tree/top"
	xargs -0 cp -al -t "$src.new" <"$tree/top" 2>/dev/null ||
		xargs -0 cp -a --remove-destination -t "$src.new" <"$tree/top"
	mv "$src.new" "$src"
}

# apply_series - git am. Of the tree only the files that the patches touch are put
# into the index, or it would take a minute; git replaces them, so that the
# pristine tree behind the hard links stays as it is. A patch that does not apply
# is given to "series_failed", which each tool defines and which does not return.
apply_series()
{
	local git=(git -C "$src" -c user.name=vhint -c user.email=vhint@localhost
		-c commit.gpgsign=false -c core.autocrlf=false)
	local name present=()

	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	step "apply ${#patches[@]} patches"
	while read -r name; do
		[ ! -f "$src/$name" ] || present+=("$name")
	done <"$tree/patched"
	"${git[@]}" init -q -b base --template=
	((${#present[@]} == 0)) || "${git[@]}" add -f -- "${present[@]}"
	"${git[@]}" commit -q --allow-empty -m base
	for name in "${patches[@]}"; do
		"${git[@]}" am -q "$name" >>"$log" 2>&1 && continue
		tail -n 12 "$log" >&2
		series_failed "$name"
	done
	rm -rf "$src/.git"
}

# prepare_source - $src with the series applied, if there is one. Builds with and
# without it may share a tree, so that the second compiles only what the series
# touches, and comes out the same, to the byte, as one built from nothing. What an
# earlier series changed gets a new date, so that make sees its return.
prepare_source()
{
	local file

	[ -d "$src" ] || clone_source
	while read -r file; do
		rm -f "$src/$file"
		[ ! -f "$pristine/$file" ] || cp "$pristine/$file" "$src/$file"
	done <"$tree/patched"
	: >"$tree/patched"
	((${#patches[@]})) || return 0
	sed -nE 's,^(--- a|\+\+\+ b)/,,p; s,^diff --git a/([^ ]+) b/([^ ]+)$,\1\n\2,p' \
		"${patches[@]}" | sort -u >"$tree/patched"
	apply_series
}

# --- The cache. A build was last used at the time of its COMPLETE: it is touched when a
# --- checkout links the build, and by run-experiment when a run begins to boot it.

# with_uses COMMAND... - while nobody else looks at builds or forgets them. Not "take_lock",
# which is held for as long as a build takes.
with_uses()
{
	local rc=0

	mkdir -p "$cache"
	exec 8>>"$cache/uses"
	flock -w 60 8 || die_host "Another build looks at $cache for more than a minute (lock:" \
		"$cache/uses). End it, and try again."
	"$@" || rc=$?
	exec 8>&-
	return "$rc"
}

# is_built DIR - and from now on it counts as used
is_built()
{
	with_uses touch -c "$1/COMPLETE"
	[ -f "$1/COMPLETE" ]
}

forget_builds()
{
	local stamp

	find "$1" -mindepth 2 -maxdepth 2 -path "$1/$2/COMPLETE" -printf '%T@ %p\n' |
		sort -rn | tail -n +$((keep_builds + 1)) | while read -r _ stamp; do
		[ -z "$(find "$stamp" -mmin "-$keep_minutes")" ] || continue
		rm -f "$stamp"	# first: without it the rest counts for nothing
		rm -rf "${stamp%/COMPLETE}"
	done
}

# prune DIR PATTERN - of the builds in DIR, forgets those not used for longest
prune()
{
	with_uses forget_builds "$@"
}

# link LINK DIR - makes LINK lead to a build, and LINK.id a file whose time changes
# when the build does
link()
{
	mkdir -p "${1%/*}"
	ln -sfnT "$2" "$1"
	[ "$(cat "$1.id" 2>/dev/null)" = "$2" ] || echo "$2" >"$1.id"
}
