#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh FLAVOUR... - builds kernels into the cache, and links them from
# build/kernel/. What was built before from the same source, patches, fragments and
# compiler is used again, by whichever checkout asks.
#
# From the environment: KERNEL_SRC=DIR instead of Debian's source, HOST_CONFIG=FILE
# as the distribution's configuration, VHINT_PATCHES=DIR and VHINT_CONFIGS=DIR
# instead of patches/linux/ and kernel-config/, VHINT_LINKS=DIR instead of build/kernel/,
# JOBS=N; VHINT_ONLY_CONFIGURE=1 stops after the configuration and prints its path.

# shellcheck disable=SC2317	# "logged" calls functions by name
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/flavours.sh"

build_format=2		# to be raised when these scripts change what they make
patch_dir=${VHINT_PATCHES:-$kit/patches/linux}
config_dir=${VHINT_CONFIGS:-$kit/kernel-config}
links=${VHINT_LINKS:-$kit/build/kernel}

# build_key - identifies what the flavour at hand would be built from
build_key()
{
	local file

	{
		echo "$build_format $1 $src_id"
		gcc --version | head -n 1
		ld --version | head -n 1
		[ "$base" = tiny ] || cat "$(distro_config)"
		for file in "${fragments[@]}"; do	# whose comments make no other kernel
			sed -n '/^CONFIG_/p; /^# CONFIG_.* is not set$/p' "$config_dir/$file"
		done
		[ "$patched" = 0 ] || cat "${patches[@]}" </dev/null
	} | hash12
}

# series_failed PATCH
series_failed()
{
	die "$1 does not apply to $(source_name "$src_id")." \
		"The cover letter in $patch_dir names the release that the series is for;" \
		"KERNEL_SRC=DIR builds from a source tree of that release. The log: $log"
}

# Without a series there are no options of ours to ask for
drop_series_options()
{
	local file kept=()

	for file in "${fragments[@]}"; do
		[ "$file" = vhint.config ] || kept+=("$file")
	done
	fragments=("${kept[@]}")
	step "$1: $patch_dir holds no patch, so this kernel differs from stock by its name only"
}

# configure - base, fragments over it, and the check that all of them are in force
configure()
{
	local file paths=()

	for file in "${fragments[@]}"; do
		paths+=("$config_dir/$file")
	done
	step "configure (${base}config + ${fragments[*]})"
	{
		if [ "$base" = tiny ]; then
			"${kmake[@]}" tinyconfig
		else
			file=$(distro_config)
			case $file in
			*.xz) xz -dc "$file" >"$obj/.config" ;;
			*) cat "$file" >"$obj/.config" ;;
			esac
		fi
		"$src/scripts/kconfig/merge_config.sh" -m -Q -O "$obj" "$obj/.config" "${paths[@]}"
		"${kmake[@]}" olddefconfig
	} >>"$log" 2>&1 </dev/null || die "The configuration failed; see $log"
	"$kit/src/kernel/verify-config.sh" "$obj/.config" "$src" "${paths[@]}" ||
		die "The fragments ask for what this kernel cannot give, see above." \
			"The configuration that came of them: $obj/.config"
}

# compile - when make has returned by itself, another may go on in this tree
compile()
{
	local rc=0

	"${kmake[@]}" all || rc=$?
	rm -f "$tree/busy"
	return "$rc"
}

# collect - what is kept of a build, put into $out
collect()
{
	rm -rf "$out"
	mkdir -p "$out"
	cp "$obj/arch/x86/boot/bzImage" "$obj/System.map" "$out/"
	cp "$obj/.config" "$out/config"
	cp "$obj/include/config/kernel.release" "$out/kernelrelease"
	"${kmake[@]}" modules_install INSTALL_MOD_PATH="$out/modules" INSTALL_MOD_STRIP=1
	rm -f "$out"/modules/lib/modules/*/build "$out"/modules/lib/modules/*/source
	[ "$patched" = 0 ] || "${kmake[@]}" run-command \
		KBUILD_RUN_COMMAND="\$(srctree)/scripts/package/install-extmod-build $out/extmod"
}

# build NAME DIR - one kernel, from source to cache. DIR appears only when complete.
build()
{
	local name=$1 dir=$2

	tree=$cache/work/$name
	[ "$name" != stock ] && [ "$name" != vhint ] || tree=$cache/work/lab
	[ -z "${VHINT_ONLY_CONFIGURE:-}" ] || tree=$cache/work/configure
	src=$tree/src obj=$tree/obj out=$tree/out log=$cache/log/${dir##*/}.log
	need_space "$need_mib"
	mkdir -p "${log%/*}" "${dir%/*}"
	: >"$log"
	open_tree "$build_format $src_id $(gcc --version | head -n 1)"
	expected_files=${files[1 - fresh]:-}
	[ -n "${VHINT_ONLY_CONFIGURE:-}" ] || touch "$tree/busy"
	((patched)) || patches=()
	prepare_source

	# What would tell one machine or day from another gets a fixed value: names, the date,
	# and tools that Kconfig looks for, and notes in the configuration inside the kernel
	kmake=(make -C "$src" O="$obj" ARCH=x86 LOCALVERSION="$suffix" -j"$JOBS"
		KBUILD_BUILD_USER=vhint KBUILD_BUILD_HOST=vhint KBUILD_BUILD_VERSION=1
		KBUILD_BUILD_TIMESTAMP="Thu Jan  1 00:00:00 UTC 2026" RUSTC=none PAHOLE=none)
	configure
	if [ -n "${VHINT_ONLY_CONFIGURE:-}" ]; then
		echo "$obj/.config"
		return
	fi
	logged "$log" "compile with $JOBS jobs" compile
	logged "$log" "collect" collect
	touch "$out/COMPLETE"
	rm -rf "$dir"
	mv "$out" "$dir"
	step "$name is built: $dir"
	[ "$tree" = "$cache/work/lab" ] || rm -rf "$tree"
	prune "$cache/kernel" "$name-????????????"
}

main()
{
	local name dir

	src_id=$(source_id)
	for name in "$@"; do
		flavour "$name"
		mapfile -t patches < <(list_patches "$patch_dir")
		((patched == 0 || ${#patches[@]} > 0)) || drop_series_options "$name"
		dir=$cache/kernel/$name-$(build_key "$name")
		if ! is_built "$dir"; then
			take_lock
			if ! is_built "$dir"; then	# nobody did meanwhile
				echo "kernel: building ${dir##*/} from $(source_name "$src_id")" >&2
				pristine_source "$src_id"
				build "$name" "$dir"
			fi
		fi
		if [ -f "$dir/COMPLETE" ]; then
			link "$links/$name" "$dir"
			[ -z "${VERBOSE:-}" ] || echo "$name: $dir"
		fi
	done
}

# On one line: bash reads no further then, whatever becomes of this file meanwhile
main "$@"; exit
