#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh FLAVOUR... - builds kernels into the cache, and links them from
# build/kernel/. What was built before from the same source, patches, fragments and
# compiler is used again, by whichever checkout asks.
#
# From the environment: KERNEL_SRC=DIR instead of Debian's source, HOST_CONFIG=FILE
# as the distribution's configuration, VHINT_PATCHES=DIR and VHINT_CONFIGS=DIR
# instead of patches/ and kernel-config/, VHINT_LINKS=DIR instead of build/kernel/,
# JOBS=N; VHINT_ONLY_CONFIGURE=1 stops after the configuration and prints its path.

# shellcheck disable=SC2317	# "logged" calls functions by name
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/flavours.sh"

build_format=2		# to be raised when these scripts change what they make
patch_dir=${VHINT_PATCHES:-$kit/patches}
config_dir=${VHINT_CONFIGS:-$kit/kernel-config}
links=${VHINT_LINKS:-$kit/build/kernel}
keep_builds=4		# of each flavour, the most recently used

# list_patches - the series, without its cover letter
list_patches()
{
	find "$patch_dir" -maxdepth 1 -name '[0-9]*.patch' ! -name '0000-*' 2>/dev/null | sort
}

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
# pristine tree behind the hard links stays as it is.
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
		die "$name does not apply to $(source_name "$src_id")." \
			"The cover letter in $patch_dir names the release that the series is for;" \
			"KERNEL_SRC=DIR builds from a source tree of that release. The log: $log"
	done
	rm -rf "$src/.git"
}

# prepare_source - $src as the flavour wants it. stock and vhint are built one after
# the other in one tree, so that the second compiles only what the series touches, and
# comes out the same, to the byte, as one built from nothing. What an earlier series
# changed gets a new date, so that make sees its return.
prepare_source()
{
	local file

	[ -d "$src" ] || clone_source
	while read -r file; do
		rm -f "$src/$file"
		[ ! -f "$pristine/$file" ] || cp "$pristine/$file" "$src/$file"
	done <"$tree/patched"
	: >"$tree/patched"
	((patched)) && ((${#patches[@]})) || return 0
	sed -nE 's,^(--- a|\+\+\+ b)/,,p; s,^diff --git a/([^ ]+) b/([^ ]+)$,\1\n\2,p' \
		"${patches[@]}" | sort -u >"$tree/patched"
	apply_series
}

# open_tree - an earlier build's tree if it was left in order, else a new one
open_tree()
{
	local id

	id="$build_format $src_id $(gcc --version | head -n 1)"
	expected_files=${files[1]:-}
	if [ -f "$tree/busy" ] || [ "$(cat "$tree/id" 2>/dev/null)" != "$id" ]; then
		rm -rf "$tree"
	fi
	[ -d "$obj" ] || expected_files=${files[0]:-}
	mkdir -p "$obj"
	echo "$id" >"$tree/id"
	touch "$tree/patched"
	[ -n "${VHINT_ONLY_CONFIGURE:-}" ] || touch "$tree/busy"
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

# prune NAME - forgets the builds of a flavour that were not used for longest
prune()
{
	local stamp

	find "$cache/kernel" -mindepth 2 -maxdepth 2 -path "*/$1-????????????/COMPLETE" \
		-printf '%T@ %p\n' |
		sort -rn | tail -n +$((keep_builds + 1)) | while read -r _ stamp; do
		rm -rf "${stamp%/COMPLETE}"
	done
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
	open_tree
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
	prune "$name"
}

# link NAME DIR - build/kernel/NAME, and a file whose time changes when it does
link()
{
	mkdir -p "$links"
	ln -sfnT "$2" "$links/$1"
	touch -c "$2/COMPLETE"
	[ "$(cat "$links/$1.id" 2>/dev/null)" = "$2" ] || echo "$2" >"$links/$1.id"
}

main()
{
	local name dir

	src_id=$(source_id)
	mapfile -t patches < <(list_patches)
	for name in "$@"; do
		flavour "$name"
		((patched == 0 || ${#patches[@]} > 0)) || drop_series_options "$name"
		dir=$cache/kernel/$name-$(build_key "$name")
		if [ ! -f "$dir/COMPLETE" ]; then
			take_lock
			if [ ! -f "$dir/COMPLETE" ]; then	# nobody did meanwhile
				echo "kernel: building ${dir##*/} from $(source_name "$src_id")" >&2
				pristine_source "$src_id"
				build "$name" "$dir"
			fi
		fi
		if [ -f "$dir/COMPLETE" ]; then
			link "$name" "$dir"
			[ -z "${VERBOSE:-}" ] || echo "$name: $dir"
		fi
	done
}

# On one line: bash reads no further then, whatever becomes of this file meanwhile
main "$@"; exit
