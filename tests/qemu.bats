#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab's emulator: where its source comes from, and its build. QEMU is not compiled
# here: a toy stands for its source, whose "compilation" is what a test puts into
# $COMPILE, and a script for apt.

bats_require_minimum_version 1.5.0

load fixtures/until

setup() {
	KIT="$BATS_TEST_DIRNAME/.."
	tmp=$BATS_TEST_TMPDIR
	build=$KIT/src/qemu/build.sh
	cache=$tmp/cache/vhint
	export XDG_CACHE_HOME=$tmp/cache VHINT_LINKS=$tmp/links VHINT_PATCHES=$tmp/patches
	export VHINT_APT_ETC=$tmp/apt COMPILE=${COMPILE:-true}
	mkdir -p "$tmp/bin" "$tmp/patches" "$tmp/apt/sources.list.d"
}

# fake NAME - a program that stands before the real one in PATH; its text is on stdin
fake() {
	{ echo '#!/bin/bash'; cat; } >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
	PATH=$tmp/bin:$PATH
}

# toy DIR - what passes for a source of QEMU, and builds with ninja
toy() {
	mkdir -p "$1/target/i386" "$1/configs/devices/x86_64-softmmu"
	echo 7.2.99 >"$1/VERSION"
	printf 'one\ntwo\nthree\n' >"$1/COPYING"
	touch "$1/meson.build"
	cat >"$1/configure" <<-'END'
		#!/bin/bash
		printf '%s\n' "$@" >options
		src=$(dirname "$0")
		cat >build.ninja <<-NINJA
			rule cc
			  command = bash -c "\$\$COMPILE" && { echo '#!/bin/sh'; echo 'echo QEMU toy'; cat $src/COPYING | sed 's/^/# /'; } >\$out && chmod +x \$out
			build qemu-system-x86_64: cc $src/COPYING
		NINJA
	END
	chmod +x "$1/configure"
	fake strip <<<'[ "$1" = -o ] && cp "$3" "$2"'
}

toy_source() {
	toy "$tmp/toy"
	export QEMU_SRC=$tmp/toy
}

# a_patch FILE FROM - replaces the line FROM of COPYING by 2
a_patch() {
	printf 'From: A <a@example.org>\nDate: Fri, 20 Nov 2026 00:00:00 +0000\nSubject: x\n\n---\n%s\n' \
		"diff --git a/COPYING b/COPYING
--- a/COPYING
+++ b/COPYING
@@ -1,3 +1,3 @@
 one
-$2
+2
 three" >"$1"
}

# Lists of a machine like Debian's installer leaves them
machine_lists() {
	cat >"$tmp/apt/sources.list.d/debian.sources" <<-'END'
		Types: deb
		URIs: http://mirror.example.org/debian
		Suites: bookworm bookworm-updates
		Components: main
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
}

# An apt whose sources have these versions of QEMU; what it is asked goes to $tmp/asked
fake_apt() {
	toy "$tmp/debian"
	fake apt-cache <<-END
		echo "apt-cache \$*" >>"$tmp/asked"
		printf 'Package: qemu\nVersion: %s\n\n' $*
	END
	fake apt-get <<-END
		echo "apt-get \$*" >>"$tmp/asked"
		[[ " \$* " != *" source "* ]] || touch qemu_7.2.dsc
	END
	fake dpkg-source <<-END
		cp -r "$tmp/debian" "\${@: -1}"
	END
	unset QEMU_SRC
}

deb_src_list() {
	bash -c '. "$1/src/qemu/source.sh"; shift; deb_src_list "$@"' _ "$KIT" "$@"
}

@test "apt's sources: of deb822 entries Debian's own remain, with their keys, as deb-src" {
	cat >"$tmp/a.sources" <<-'END'
		# the installer's
		Types: deb deb-src
		URIs: http://mirror.example.org/debian
		Suites: bookworm bookworm-updates
		Components: main non-free-firmware
		Architectures: amd64
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

		types: deb
		uris: http://security.example.org/debian-security
		suites: bookworm-security
		components: contrib main
		signed-by:
		 -----BEGIN PGP PUBLIC KEY BLOCK-----
		 .
		# a comment within
		 mQINBGPL
		 -----END PGP PUBLIC KEY BLOCK-----

		Enabled: no
		Types: deb
		URIs: http://off.example.org/debian
		Suites: bookworm
		Components: main

		Types: deb
		URIs: https://other.example.org/tools
		Suites: nodistro
		Components: main
	END
	sed -i 's/bookworm/'"$(. /etc/os-release && echo "$VERSION_CODENAME")"'/' "$tmp/a.sources"
	run deb_src_list "$tmp/a.sources"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "Types: deb-src
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://security.example.org/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBGPL
 -----END PGP PUBLIC KEY BLOCK-----" ]
}

@test "apt's sources: of one-line entries Debian's own remain, with their options, once" {
	cat >"$tmp/a.list" <<-'END'
		# deb http://commented.example.org/debian bookworm main
		deb cdrom:[Debian GNU/Linux 12]/ bookworm main
		deb http://mirror.example.org/debian bookworm main contrib	# the mirror
		deb-src http://mirror.example.org/debian bookworm main
		deb [arch=amd64 signed-by=/k/a.gpg,/k/b.gpg trusted=yes] http://s.example.org/ stable-security main
		deb https://docker.example.org/linux/debian bookworm stable
		deb http://mirror.example.org/debian bookwormish main
	END
	run deb_src_list "$tmp/a.list"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "Types: deb-src
URIs: http://mirror.example.org/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://s.example.org/
Suites: stable-security
Components: main
Signed-By: /k/a.gpg /k/b.gpg
Trusted: yes" ]
}

@test "apt's sources: without a line of Debian's own, what was looked at is told" {
	fake_apt 1:7.2+dfsg-7+deb12u18
	echo 'deb http://other.example.org/ nodistro main' >"$tmp/apt/sources.list"
	run "$build"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"$tmp/apt/sources.list"*"QEMU_SRC=DIR"*"--clock real"* ]]
	[ ! -e "$tmp/asked" ]
}

@test "Debian's source: the newest 7.2 is taken, by a configuration of our own" {
	machine_lists
	fake_apt 1:7.2+dfsg-7+deb12u9 1:10.0.2+ds-2 1:7.2+dfsg-7+deb12u18 1:7.2+dfsg-7+deb12u2
	run "$build"
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q "apt-get .* source --download-only --only-source qemu=1:7.2+dfsg-7+deb12u18$" "$tmp/asked"
	run -1 grep -v -- "-c $cache/" "$tmp/asked"
	run -1 grep -iE "unauthenticated|trusted" "$tmp/asked"
	grep -q 'version 1:7.2+dfsg-7+deb12u18$' "$tmp/links/qemu/version"
	# and once there, apt is not asked again
	rm "$tmp/asked"
	fake dpkg-query <<<'echo 1:7.2+dfsg-7+deb12u18'
	run "$build"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ ! -e "$tmp/asked" ]
	# unless the machine's own QEMU has got newer meanwhile
	fake_apt 1:7.2+dfsg-7+deb12u19
	fake dpkg-query <<<'echo 1:7.2+dfsg-7+deb12u19'
	run "$build"
	[ "$status" -eq 0 ]
	[[ "$output" == *"building "*"version 1:7.2+dfsg-7+deb12u19"* ]]
	# and if no newer source is to be had, the older one does; it is asked for once
	fake dpkg-query <<<'echo 1:7.2+dfsg-7+deb12u20'
	fake apt-cache <<<'exit 0'
	run "$build"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"going on with the source that is there"* ]]
	rm "$tmp/asked"
	run "$build"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ ! -e "$tmp/asked" ]
}

@test "Debian's source: none to be had is exit code 4, with apt's words, what was tried and the way without" {
	machine_lists
	fake_apt
	fake apt-cache <<<'exit 0'
	fake apt-get <<<'echo "E: Could not resolve mirror.example.org" >&2; exit 100'
	run "$build"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"Could not resolve"*"apt finds none"* ]]
	[[ "$output" == *"http://mirror.example.org/debian bookworm bookworm-updates"* ]]
	[[ "$output" == *"QEMU_SRC=DIR"*"--clock real"* ]]
	fake_apt 1:10.0.2+ds-2
	run "$build"
	[ "$status" -eq 4 ]
	[[ "$output" == *"No source for QEMU 7.2: apt finds 1:10.0.2+ds-2."* ]]
}

@test "Debian's source: a download that breaks off is exit code 4, and nothing of it is kept" {
	machine_lists
	fake_apt 1:7.2+dfsg-7+deb12u18
	fake apt-get <<<'[[ " $* " != *" source "* ]] || { echo "E: Hash Sum mismatch"; exit 100; }'
	run "$build"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"Hash Sum mismatch"*"7.2+dfsg-7+deb12u18 does not come"*"--clock real"* ]]
	[ ! -e "$cache/qemu-source" ]
}

@test "QEMU_SRC: a folder that is no source of QEMU is exit code 4, and says why" {
	QEMU_SRC=$tmp run "$build"
	[ "$status" -eq 4 ]
	[[ "$output" == *"QEMU_SRC=$tmp is not a QEMU source tree"*"no VERSION"* ]]
	QEMU_SRC=$tmp/nosuch run make -s -C "$KIT" qemu
	[ "$status" -ne 0 ]
	[[ "$output" == *"QEMU_SRC=$tmp/nosuch is not"* ]]
}

@test "QEMU_SRC: it is built with the series, and stays as it is" {
	toy_source
	a_patch "$tmp/patches/0001-two.patch" two
	before=$(cd "$QEMU_SRC" && find . -type f -exec sha256sum {} + | sort)
	run "$build"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$("$tmp/links/qemu/bin/qemu-system-x86_64")" = "QEMU toy" ]
	grep -q '^# 2$' "$tmp/links/qemu/bin/qemu-system-x86_64"
	[[ "$(readlink "$tmp/links/qemu")" == "$cache"/qemu/???????????? ]]
	[ -f "$tmp/links/qemu/COMPLETE" ]
	[ "$before" = "$(cd "$QEMU_SRC" && find . -type f -exec sha256sum {} + | sort)" ]
	grep -qx -- '--target-list=x86_64-softmmu' "$cache/work/qemu/obj/options"
}

@test "a patch that does not apply is named, with the source's version" {
	toy_source
	a_patch "$tmp/patches/0001-two.patch" two
	a_patch "$tmp/patches/0002-four.patch" four
	run "$build"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"0002-four.patch does not apply to $QEMU_SRC (QEMU 7.2.99)"*"--clock real"* ]]
	[[ "$output" != *"0001-two.patch does not"* ]]
	machine_lists
	fake_apt 1:7.2+dfsg-7+deb12u99
	run "$build"
	[ "$status" -eq 4 ]
	[[ "$output" == *"0002-four.patch does not apply to Debian's source package qemu, version 1:7.2+dfsg-7+deb12u99"* ]]
}

@test "a build that fails prints the compiler's words, is exit code 4 and counts for nothing" {
	COMPILE='echo "x.c:3:1: error: no such thing" >&2; exit 1'
	toy_source
	run "$build"
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *"x.c:3:1: error: no such thing"*"--clock real"*"failed"*"The whole log: $cache/log/qemu-"* ]]
	[ -z "$(find "$cache/qemu" -name COMPLETE)" ]
	[ ! -e "$tmp/links/qemu" ]
	COMPILE=true run "$build"
	[ "$status" -eq 0 ]
	[ -e "$tmp/links/qemu/COMPLETE" ]
}

@test "a configuration that fails shows what it said" {
	toy_source
	printf '#!/bin/sh\necho "ERROR: glib-2.56 gthread-2.0 is required"; exit 1\n' >"$QEMU_SRC/configure"
	run "$build"
	[ "$status" -eq 4 ]
	[[ "$output" == *"ERROR: glib-2.56 gthread-2.0 is required"*"'configure' failed"* ]]
}

@test "no disk space is exit code 4, with what is there and what is needed" {
	toy_source
	fake df <<<'printf "F B U A C M\n/dev/x 9999 9000 99 99%% /\n"'
	run "$build"
	[ "$status" -eq 4 ]
	[[ "$output" == *"has 99 MiB free; this build needs"*"XDG_CACHE_HOME"* ]]
}

@test "a change of patch, source or options builds anew, what is built already is used, and old builds go" {
	toy_source
	run "$build"
	[[ "$output" == *"building "* ]]
	run "$build"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	a_patch "$tmp/patches/0001-two.patch" two
	run "$build"
	[[ "$output" == *"building "* ]]
	for i in 1 2 3 4; do
		echo "$i" >>"$QEMU_SRC/VERSION"
		run "$build"
		[[ "$output" == *"building "* ]]
	done
	[ "$(find "$cache/qemu" -name COMPLETE | wc -l)" -eq 6 ]
	find "$cache/qemu" -name COMPLETE -exec touch -d "25 hours ago" {} +
	echo 5 >>"$QEMU_SRC/VERSION"
	run "$build"
	[ "$(find "$cache/qemu" -name COMPLETE | wc -l)" -eq 4 ]
	cp -r "$KIT/src" "$tmp/src"
	mkdir -p "$tmp/src/../src"
	run "$tmp/src/qemu/build.sh"	# another checkout
	[ -z "$output" ]
	sed -i 's/--disable-kvm/--enable-kvm/' "$tmp/src/qemu/build.sh"
	run "$tmp/src/qemu/build.sh"
	[[ "$output" == *"building "* ]]
}

@test "who links a build has used it, and no other forgets it between a look and the link" {
	toy_source
	run "$build"
	touch -d "3 days ago" "$tmp/links/qemu/COMPLETE"
	run "$build"
	[ -z "$output" ]
	[ -n "$(find "$tmp/links/qemu/COMPLETE" -mmin -5)" ]
	# one that forgets builds at this moment
	exec 7>>"$cache/uses"
	flock 7
	"$build" >"$tmp/out" 2>&1 3>&- 7>&- &
	until_true 20 grep -e "-> FLOCK .*:$(stat -c %i "$cache/uses") " /proc/locks
	rm -r "$(readlink "$tmp/links/qemu")"
	exec 7>&-
	wait $!
	grep "building " "$tmp/out"
	[ -f "$tmp/links/qemu/COMPLETE" ]
}

@test "two builds at once: the second says that it waits, and finds QEMU built" {
	COMPILE=": >$tmp/begun; . $KIT/tests/fixtures/until.bash; until_true 60 test -e $tmp/go-on"
	toy_source
	"$build" 3>&- &
	until_true 30 test -e "$tmp/begun"
	"$build" >"$tmp/second" 2>&1 3>&- &
	until_true 30 grep "waiting for another qemu build" "$tmp/second"
	touch "$tmp/go-on"
	wait %1
	wait $!
	run -1 grep building "$tmp/second"
}

@test "the progress is ninja's count" {
	printf '[1/900] Compiling a.c\nwarning\n[400/900] Compiling b.c\n' >"$tmp/log"
	run bash -c '. "$1/src/qemu/source.sh"; done_so_far "$2"' _ "$KIT" "$tmp/log"
	[ "$output" = "400 of 900 objects" ]
}

# A checkout in which nothing is built by the wrapper, but what it asks for is told
checkout() {
	mkdir -p "$tmp/checkout/build/bin" "$tmp/checkout/src/setup" "$tmp/checkout/build/kernel/vhint"
	cp "$KIT/run-experiment" "$tmp/checkout"
	touch "$tmp/checkout/build/kernel/vhint/COMPLETE"
	printf '#!/bin/sh\n' >"$tmp/checkout/src/setup/packages.sh"
	# what a command line needs is the driver's to say (cli.bats)
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ "$1" != needs ] || echo "$NEEDS"\n' >"$tmp/checkout/build/bin/run-experiment"
	chmod +x "$tmp/checkout/build/bin/run-experiment" "$tmp/checkout/src/setup/packages.sh"
	fake make <<<'echo "${*:5}" >>"'"$tmp"'/made"; [[ "$*" != *" qemu" ]] || exit "${QEMU_RC:-0}"'
}

# not_made TARGET
not_made() {
	[ ! -e "$tmp/made" ] || [ "$(grep -cx "$1" "$tmp/made")" = 0 ]
}

@test "run-experiment builds QEMU if the driver says that the command line needs it: code 4 if that fails" {
	checkout
	NEEDS="kernel qemu lab" run -0 "$tmp/checkout/run-experiment" x.json
	grep -qx qemu "$tmp/made"
	rm -f "$tmp/made"
	NEEDS="kernel lab" run -0 "$tmp/checkout/run-experiment" x.json --clock real
	not_made qemu
	NEEDS="kernel qemu lab" QEMU_RC=2 run -4 "$tmp/checkout/run-experiment" x.json
}
