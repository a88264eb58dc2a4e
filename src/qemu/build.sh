#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh - `make qemu`: builds the lab's emulator into the cache, and links it as
# build/qemu. What was built before from the same source, patches, options and
# compiler is used again, by whichever checkout asks.
#
# From the environment: QEMU_SRC=DIR instead of Debian's source, VHINT_PATCHES=DIR
# instead of patches/qemu/, VHINT_LINKS=DIR instead of build/, VHINT_APT_ETC=DIR
# instead of /etc/apt, JOBS=N.

# shellcheck disable=SC2317	# "logged" calls functions by name
. "$(dirname "$0")/source.sh"

unset CC CXX AR LD PYTHON NINJA NINJA_STATUS DESTDIR	# of QEMU's configure

build_format=1		# to be raised when these scripts change what they make
patch_dir=${VHINT_PATCHES:-$kit/patches/qemu}
devices=$kit/src/qemu/devices.mak
binary=qemu-system-x86_64

# Only what the lab uses. Firmware is that of Debian's packages.
options=(
	--cc=gcc
	--target-list=x86_64-softmmu
	--without-default-features
	--without-default-devices
	--with-devices-x86_64=vhint
	--with-git-submodules=ignore
	--enable-tcg
	--disable-kvm
	--enable-virtfs --enable-attr --enable-cap-ng
	--enable-fdt=system
	--enable-trace-backends=nop
	--disable-debug-info
	--disable-stack-protector
	--disable-werror
	--disable-install-blobs
	--firmwarepath=/usr/share/qemu:/usr/share/seabios
)

# build_key - identifies what would be built
build_key()
{
	{
		echo "$build_format $src_id ${options[*]}"
		gcc --version | head -n 1
		ld --version | head -n 1
		cat "$devices" "${patches[@]}" </dev/null
	} | hash12
}

# series_failed PATCH
series_failed()
{
	die "$1 does not apply to $(source_name)." \
		"$patch_dir/README.md names the version that the series is for;" \
		"QEMU_SRC=DIR builds from an unpacked source of it. The log: $log" "$(offer)"
}

# last_words LOG - the compiler's, without ninja's line of its arguments and without
# what other jobs have said meanwhile
last_words()
{
	if grep -q '^FAILED: ' "$1"; then
		awk '/^\[[0-9]+\/[0-9]+\]/ { show = 0 } /^FAILED: / { show = 1; print; getline; next }
			show' "$1" | head -n 40
	else
		printf '%s\n' "--- the last lines of $1"
		tail -n 20 "$1"
	fi
	offer
}

configure()
{
	cp "$devices" "$src/configs/devices/x86_64-softmmu/vhint.mak"
	cd "$obj" && "$src/configure" "${options[@]}" --with-pkgversion="vhint $1"
}

# compile - when ninja has returned by itself, another may go on in this tree
compile()
{
	local rc=0

	ninja -C "$obj" -j"$JOBS" "$binary" || rc=$?
	rm -f "$tree/busy"
	return "$rc"
}

# collect - what is kept of a build, put into $out
collect()
{
	rm -rf "$out"
	mkdir -p "$out/bin"
	strip -o "$out/bin/$binary" "$obj/$binary"
	source_name >"$out/version"
	"$out/bin/$binary" --version >>"$out/version"
}

# build KEY DIR - from source to cache. DIR appears only when complete.
build()
{
	local dir=$2

	tree=$cache/work/qemu
	src=$tree/src obj=$tree/obj out=$tree/out log=$cache/log/qemu-$1.log
	need_space 800
	mkdir -p "${log%/*}" "${dir%/*}"
	: >"$log"
	open_tree "$build_format $src_id ${options[*]} $(gcc --version | head -n 1)"
	touch "$tree/busy"
	prepare_source
	logged "$log" "configure" configure "$1"
	logged "$log" "compile with $JOBS jobs" compile
	logged "$log" "collect" collect
	touch "$out/COMPLETE"
	rm -rf "$dir"
	mv "$out" "$dir"
	step "QEMU is built: $dir"
	prune "$cache/qemu" '????????????'
}

main()
{
	local key dir

	find_source
	mapfile -t patches < <(list_patches "$patch_dir")
	key=$(build_key)
	dir=$cache/qemu/$key
	if ! is_built "$dir"; then
		take_lock
		if ! is_built "$dir"; then	# nobody did meanwhile
			echo "qemu: building $key from $(source_name)" >&2
			build "$key" "$dir"
		fi
	fi
	link "${VHINT_LINKS:-$kit/build}/qemu" "$dir"
}

# On one line: bash reads no further then, whatever becomes of this file meanwhile
main "$@"; exit
