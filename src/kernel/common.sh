# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the kernel build's scripts share: what identifies a kernel source, and where
# it is. To be sourced.

# Nothing of the caller's is for the kernel that would make another one of the same source
unset ARCH CROSS_COMPILE LLVM O LOCALVERSION KCFLAGS KAFLAGS KCPPFLAGS
unset SUBLEVEL EXTRAVERSION SOURCE_DATE_EPOCH "${!KBUILD_@}"
umask 022

tool=kernel
. "$(dirname "${BASH_SOURCE[0]}")/../setup/builds.sh"

debian_package=linux-source-6.12
debian_tarball=/usr/src/$debian_package.tar.xz

# done_so_far LOG - counts what the log says was compiled. Of how many is left out once
# there are more than were expected.
done_so_far()
{
	local n of=

	n=$(grep -cE '^  (CC|AS|LD|AR|HOST[A-Z]+) ' "$1")
	((n > ${expected_files:-0})) || of=" of about $expected_files"
	printf '%d%s files' "$n" "$of"
}

# source_id - one line that identifies the kernel source that a build would use
source_id()
{
	local version

	if [ -n "${KERNEL_SRC:-}" ]; then
		[ -f "$KERNEL_SRC/Kbuild" ] ||
			die "KERNEL_SRC=$KERNEL_SRC is not a kernel source tree: it has no Kbuild."
		version=$(make -s -C "$KERNEL_SRC" kernelversion)
		printf 'dir %s %s\n' "$version" "$(files_id "$KERNEL_SRC")"
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
