# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Where QEMU's source comes from: QEMU_SRC=DIR, or Debian's source package, through
# apt, with a configuration, lists and a cache of our own: a fresh Debian lists no
# sources, and the user's configuration is not ours to change. To be sourced.

tool=qemu
. "$(dirname "${BASH_SOURCE[0]}")/../setup/builds.sh"

exit_code=$EXIT_BAD_HOST	# the kit works without: each failure is this machine's
lock=$cache/lock-qemu
debian_series='^1:7\.2\+dfsg-'	# versions that the series is for
apt_etc=${VHINT_APT_ETC:-/etc/apt}
kept=$cache/qemu-source		# Debian's source, extracted, and its version
apt_dir=$cache/work/apt

# offer - the way without; the last words of each failure
offer()
{
	echo "Without it: ./run-experiment --clock real ..., which needs Debian's QEMU only."
}

# done_so_far LOG - ninja counts: "[400/900] Compiling ..."
done_so_far()
{
	tail -c 4096 "$1" | sed -nE 's,^\[([0-9]+)/([0-9]+)\].*,\1 of \2 objects,p' | tail -n 1
}

# deb_src_list FILE... - Debian's source packages by the machine's own sources
deb_src_list()
{
	awk -v codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")" \
		-f "$kit/src/qemu/deb-src.awk" "$@"
}

# What the machine's hooks do after an update is for its own lists
write_apt_config()
{
	local file files=()

	rm -rf "$apt_dir"
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial" "$apt_dir/none"
	for file in "$apt_etc"/sources.list "$apt_etc"/sources.list.d/*.{list,sources}; do
		[ ! -f "$file" ] || files+=("$file")
	done
	((${#files[@]} == 0)) || deb_src_list "${files[@]}" >"$apt_dir/ours.sources"
	if [ ! -s "$apt_dir/ours.sources" ]; then
		die "No source for QEMU: among apt's sources (${files[*]:-none} in $apt_etc)" \
			"there is none of Debian 12 itself, of which 'deb-src' could be derived." \
			"QEMU_SRC=DIR builds from an unpacked source of QEMU 7.2." "$(offer)"
	fi
	cat >"$apt_dir/conf" <<-END
		Dir::Etc::SourceList "$apt_dir/ours.sources";
		Dir::Etc::SourceParts "$apt_dir/none";
		Dir::State::Lists "$apt_dir/lists";
		Dir::Cache "$apt_dir/cache";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Acquire::http::Timeout "30";
		Acquire::https::Timeout "30";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
}

# no_source WHY - apt's last words, what was tried, and what else there is
no_source()
{
	printf '%s\n' "--- the last lines of $log" >&2
	tail -n 12 "$log" >&2
	die "$1" "Tried, by apt's signatures, Debian's source packages at:" \
		"$(awk '/^URIs:/ { $1 = ""; uri = $0 } /^Suites:/ { $1 = ""; print " " uri $0 }' \
			"$apt_dir/ours.sources")" \
		"QEMU_SRC=DIR builds from an unpacked source of QEMU 7.2." "$(offer)"
}

# newest VERSION... on standard input - the newest of those the series is for
newest()
{
	local version best=

	while read -r version; do
		[[ $version =~ $debian_series ]] || continue
		if [ -z "$best" ] || dpkg --compare-versions "$version" gt "$best"; then
			best=$version
		fi
	done
	echo "$best"
}

# download - the source package into $apt_dir/package, its version in $found
download()
{
	local apt=(timeout 600 apt-get -q -c "$apt_dir/conf") listed

	step "look for Debian's source of QEMU (lists of sources: some 10 MB)"
	# One unreachable mirror among many is no reason to give up
	"${apt[@]}" update >>"$log" 2>&1 </dev/null || true
	listed=$(apt-cache -c "$apt_dir/conf" showsrc --only-source qemu 2>>"$log" |
		sed -n 's/^Version: //p') || true
	found=$(newest <<<"$listed")
	[ -n "$found" ] || no_source "No source for QEMU 7.2: apt finds ${listed:-none}."
	step "download it: $found"
	mkdir "$apt_dir/package"
	(cd "$apt_dir/package" &&
		"${apt[@]}" source --download-only --only-source "qemu=$found") \
		>>"$log" 2>&1 </dev/null || no_source "The source of QEMU $found does not come."
}

# fetch - Debian's source into the cache. apt has checked the signatures.
fetch()
{
	log=$cache/log/qemu-source.log
	mkdir -p "${log%/*}"
	: >"$log"
	need_space 1200
	write_apt_config
	download
	logged "$log" "extract it" dpkg-source --no-check --no-copy \
		-x "$apt_dir"/package/qemu_*.dsc "$apt_dir/tree"
	rm -rf "$kept"
	mkdir "$kept"
	mv "$apt_dir/tree" "$kept/tree"
	echo "$found" >"$kept/version"
	rm -rf "$apt_dir"
}

# installed_version - of the machine's own QEMU, if it is one that the series is for
installed_version()
{
	dpkg-query -W -f='${source:Version}\n' qemu-system-x86 2>/dev/null | newest
}

# kept_version - of the source in the cache, unless the machine's QEMU is newer and no
# source for that was asked for yet
kept_version()
{
	local version installed

	version=$(cat "$kept/version" 2>/dev/null) || return 0
	installed=$(installed_version) || true
	if [ "$installed" = "$(cat "$kept/asked" 2>/dev/null)" ] ||
		dpkg --compare-versions "${installed:-0}" le "$version"; then
		echo "$version"
	fi
}

# renew - a first source, or a newer one; without network an older one is good enough
renew()
{
	local rc=0

	if [ -f "$kept/version" ]; then
		set +e
		(set -e; fetch)
		rc=$?
		set -e
		((rc == 0)) || step "going on with the source that is there"
	else
		fetch
	fi
	installed_version >"$kept/asked" || true
}

# check_dir - is QEMU_SRC what it should be?
check_dir()
{
	local file

	for file in VERSION configure meson.build target/i386; do
		[ -e "$QEMU_SRC/$file" ] || die "QEMU_SRC=$QEMU_SRC is not a QEMU source tree:" \
			"it has no $file. It should be an unpacked source of QEMU 7.2." "$(offer)"
	done
}

# find_source - sets $pristine, and $src_id, a line that identifies it
find_source()
{
	local version

	if [ -n "${QEMU_SRC:-}" ]; then
		check_dir
		pristine=$(cd "$QEMU_SRC" && pwd)
		src_id="dir $(cat "$QEMU_SRC/VERSION") $(files_id "$QEMU_SRC")"
		return
	fi
	version=$(kept_version)
	if [ -z "$version" ]; then
		take_lock
		version=$(kept_version)		# whoever had the lock may have got it
		if [ -z "$version" ]; then
			renew
			version=$(cat "$kept/version")
		fi
	fi
	pristine=$kept/tree
	src_id="debian $version"
}

# source_name - the same for a reader
source_name()
{
	local kind version

	read -r kind version _ <<<"$src_id"
	case $kind in
	debian) echo "Debian's source package qemu, version $version" ;;
	dir) echo "$QEMU_SRC (QEMU $version)" ;;
	esac
}
