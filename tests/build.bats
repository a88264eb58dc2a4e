#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The build: packages, the kernel's configuration, the series, the cache. No kernel is
# compiled here; where a compile has to fail or to be cut short, a false make is.

bats_require_minimum_version 1.5.0

setup_file() {
	export KIT="$BATS_TEST_DIRNAME/.."
	PRISTINE=$(bash -c '. "$KIT/src/kernel/common.sh"
		pristine_source "$(source_id)"; echo "$pristine"')
	export PRISTINE
}

setup() {
	tmp=$BATS_TEST_TMPDIR
	fake=$tmp/bin
	mkdir -p "$fake"
	build=$KIT/src/kernel/build.sh
}

# fake NAME - a program that stands before the real one in PATH; its text is on stdin
fake() {
	{ echo '#!/bin/bash'; cat; } >"$fake/$1"
	chmod +x "$fake/$1"
	PATH=$fake:$PATH
}

# A cache of its own, over the source tree that is extracted already
own_cache() {
	export XDG_CACHE_HOME=$tmp/cache KERNEL_SRC=$PRISTINE
}

# a_patch FILE SUBJECT - standard input is the diff
a_patch() {
	{
		printf 'From: A <a@example.org>\nDate: Fri, 20 Nov 2026 00:00:00 +0000\nSubject: %s\n\n---\n' "$2"
		cat
	} >"$1"
}

new_file_patch() {
	a_patch "$1" "add a file" <<'END'
diff --git a/Documentation/vhint-test.rst b/Documentation/vhint-test.rst
new file mode 100644
--- /dev/null
+++ b/Documentation/vhint-test.rst
@@ -0,0 +1 @@
+A file.
END
}

@test "make help lists the targets" {
	run make -s -C "$KIT" help
	[ "$status" -eq 0 ]
	for target in driver guest lab kernel policy check check-unit check-lab install-host clean; do
		[[ "$output" == *"  $target "* ]]
	done
}

@test "packages: nothing is missing, nothing is said" {
	run "$KIT/src/setup/packages.sh" --install build kernel lab check
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "packages: a missing one is named with its purpose, and apt stays unused if forbidden" {
	fake dpkg-query <<<'/usr/bin/dpkg-query "$@" | grep -v flex'
	fake apt-get <<<'touch "'"$tmp"'/apt-was-run"'
	VHINT_NO_APT=1 run "$KIT/src/setup/packages.sh" --install build kernel
	[ "$status" -eq 4 ]
	[[ "$output" == *"flex  "*"kernel build"* ]]
	[[ "$output" == *"VHINT_NO_APT"* ]]
	[[ "$output" == *"install --no-install-recommends flex"* ]]
	[ ! -e "$tmp/apt-was-run" ]
}

@test "packages: a missing one is installed by name" {
	fake dpkg-query <<-END
		/usr/bin/dpkg-query "\$@" | if [ -e "$tmp/installed" ]; then cat; else grep -v flex; fi
	END
	fake id <<<'echo 0'
	fake apt-get <<<'echo "$*" >>"'"$tmp"'/apt"; [[ "$*" != *" flex" ]] || touch "'"$tmp"'/installed"'
	run "$KIT/src/setup/packages.sh" --install kernel
	[ "$status" -eq 0 ]
	grep -q 'install --no-install-recommends flex$' "$tmp/apt"
}

@test "packages: an apt-get that fails is exit code 4" {
	fake dpkg-query <<<'/usr/bin/dpkg-query "$@" | grep -v flex'
	fake id <<<'echo 0'
	fake apt-get <<<'exit 100'
	run "$KIT/src/setup/packages.sh" --install kernel
	[ "$status" -eq 4 ]
	[[ "$output" == *"apt-get failed"* ]]
}

@test "configuration: an option that did not stick is named with file and line" {
	mkdir "$tmp/source"
	printf 'config GOOD\n\tbool\nconfig LOST\n\tbool\n' >"$tmp/source/Kconfig"
	printf 'CONFIG_GOOD=y\n# CONFIG_OFF is not set\nCONFIG_N=8\n' >"$tmp/config"
	printf '# a comment\nCONFIG_GOOD=y\nCONFIG_LOST=y\nCONFIG_OFF=n\nCONFIG_N=9\nCONFIG_NONE=m\n' \
		>"$tmp/a.config"
	run "$KIT/src/kernel/verify-config.sh" "$tmp/config" "$tmp/source" "$tmp/a.config"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ "${lines[0]}" == "$tmp/a.config:3: CONFIG_LOST=y did not stick:"*"CONFIG_LOST=n (what it depends on"* ]]
	[[ "${lines[1]}" == "$tmp/a.config:5: CONFIG_N=9 did not stick:"*"CONFIG_N=8"* ]]
	[[ "${lines[2]}" == "$tmp/a.config:6: CONFIG_NONE=m did not stick:"*"no such option"* ]]
}

@test "configuration: where fragments disagree, the last one counts" {
	echo 'CONFIG_A=y' >"$tmp/config"
	echo '# CONFIG_A is not set' >"$tmp/a.config"
	echo 'CONFIG_A=y' >"$tmp/b.config"
	run "$KIT/src/kernel/verify-config.sh" "$tmp/config" "$tmp" "$tmp/a.config" "$tmp/b.config"
	[ "$status" -eq 0 ]
	run "$KIT/src/kernel/verify-config.sh" "$tmp/config" "$tmp" "$tmp/b.config" "$tmp/a.config"
	[ "$status" -eq 1 ]
}

@test "configuration: kconfig drops an option, and the build stops and names it" {
	own_cache
	cp -r "$KIT/kernel-config" "$tmp/configs"
	echo 'CONFIG_KVM_WERROR_NOT=y' >>"$tmp/configs/lab.config"
	VHINT_CONFIGS=$tmp/configs VHINT_ONLY_CONFIGURE=1 run "$build" stock
	[ "$status" -eq 1 ]
	[[ "$output" == *"lab.config:"*": CONFIG_KVM_WERROR_NOT=y did not stick"* ]]
}

@test "configuration: every flavour gets what its fragments ask for" {
	own_cache
	for flavour in vhint debug host host-stock; do
		HOST_CONFIG=/usr/src/linux-config-6.12/config.amd64_none_amd64.xz \
			VHINT_ONLY_CONFIGURE=1 run "$build" "$flavour"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "the series: a patch that does not apply is named, and so is the release" {
	own_cache
	mkdir "$tmp/patches"
	a_patch "$tmp/patches/0000-cover-letter.patch" "is never applied" </dev/null
	new_file_patch "$tmp/patches/0001-good.patch"
	a_patch "$tmp/patches/0002-bad.patch" "does not fit" <<-'END'
		diff --git a/MAINTAINERS b/MAINTAINERS
		--- a/MAINTAINERS
		+++ b/MAINTAINERS
		@@ -1,1 +1,1 @@
		-There is no such line.
		+Nor this one.
	END
	VHINT_PATCHES=$tmp/patches VHINT_ONLY_CONFIGURE=1 run "$build" vhint
	[ "$status" -eq 1 ]
	[[ "$output" == *"0002-bad.patch does not apply to "*"Linux $(make -s -C "$PRISTINE" kernelversion)"* ]]
	[[ "$output" == *"KERNEL_SRC=DIR"* ]]
	[[ "$output" != *"0001-good.patch does not"* ]]
}

@test "the series: git am applies it to a tree of hard links, and the source stays pristine" {
	own_cache
	mkdir "$tmp/patches" "$tmp/configs"
	cp "$KIT/kernel-config/lab.config" "$tmp/configs"
	echo '# nothing' >"$tmp/configs/vhint.config"
	new_file_patch "$tmp/patches/0001-add.patch"
	a_patch "$tmp/patches/0002-change.patch" "change a file" < <(
		sed '1s/.*/Changed./' "$PRISTINE/COPYING" |
			diff -u --label a/COPYING --label b/COPYING "$PRISTINE/COPYING" -
	)
	sum=$(sha256sum <"$PRISTINE/COPYING")
	VHINT_CONFIGS=$tmp/configs VHINT_PATCHES=$tmp/patches VHINT_ONLY_CONFIGURE=1 run "$build" vhint
	echo "$output"
	[ "$status" -eq 0 ]
	src=$tmp/cache/vhint/work/configure/src
	[ "$(head -n 1 "$src/COPYING")" = Changed. ]
	[ -f "$src/Documentation/vhint-test.rst" ]
	[ "$src/Makefile" -ef "$PRISTINE/Makefile" ]
	[ "$(sha256sum <"$PRISTINE/COPYING")" = "$sum" ]
	[ ! -e "$PRISTINE/Documentation/vhint-test.rst" ]
}

@test "kernel source: no package and no KERNEL_SRC is exit code 4" {
	fake dpkg-query <<<'exit 1'
	run "$build" stock
	[ "$status" -eq 4 ]
	[[ "$output" == *"linux-source-6.12 is not installed"*"KERNEL_SRC=DIR"* ]]
}

@test "kernel source: KERNEL_SRC has to be a kernel" {
	KERNEL_SRC=$tmp run "$build" stock
	[ "$status" -eq 1 ]
	[[ "$output" == *"KERNEL_SRC=$tmp is not a kernel source tree"* ]]
}

@test "an unknown flavour is named, with those that there are" {
	run "$build" fancy
	[ "$status" -eq 1 ]
	[[ "$output" == *"'fancy'"*"stock vhint debug host"* ]]
}

@test "no disk space is exit code 4, with what is there and what is needed" {
	own_cache
	fake df <<<'printf "F B U A C M\n/dev/x 9999 9000 99 99%% /\n"'
	run "$build" stock
	[ "$status" -eq 4 ]
	[[ "$output" == *"has 99 MiB free; this build needs"*"XDG_CACHE_HOME"* ]]
}

@test "a compile that fails shows the log's end and path, and counts for nothing" {
	own_cache
	fake make <<-'END'
		[ "${!#}" != all ] || { echo "boom: no such thing" >&2; exit 2; }
		exec /usr/bin/make "$@"
	END
	run "$build" stock
	[ "$status" -eq 1 ]
	[[ "$output" == *"boom: no such thing"* ]]
	[[ "$output" == *"The whole log: $tmp/cache/vhint/log/stock-"* ]]
	[ -z "$(find "$tmp/cache/vhint/kernel" -name COMPLETE)" ]
}

@test "an interrupted build counts for nothing, and leaves no process behind" {
	own_cache
	fake make <<-END
		[ "\${!#}" != all ] || { echo \$\$ >"$tmp/pid"; exec sleep 100; }
		exec /usr/bin/make "\$@"
	END
	env --default-signal=INT setsid "$build" stock 3>&- &
	pid=$!
	for _ in $(seq 120); do
		[ ! -s "$tmp/pid" ] || break
		sleep 1
	done
	kill -INT -- -"$(ps -o pgid= "$(cat "$tmp/pid")" | tr -d ' ')"
	wait "$pid" || true
	[ -z "$(find "$tmp/cache/vhint/kernel" -name COMPLETE)" ]
	! kill -0 "$(cat "$tmp/pid")"
	# and the next build is not held up by it
	flock -n "$tmp/cache/vhint/lock" true
}

@test "two builds at once: the second says that it waits" {
	own_cache
	mkdir -p "$tmp/cache/vhint"
	flock "$tmp/cache/vhint/lock" sleep 3 3>&- &
	sleep 0.5
	fake df <<<'printf "F B U A C M\n/dev/x 9999 9000 99 99%% /\n"'	# ends it soon after
	run "$build" stock
	[[ "$output" == *"waiting for another kernel build"* ]]
}

@test "a second checkout builds nothing" {
	[ -e "$KIT/build/kernel/vhint/COMPLETE" ] || skip "no kernels are built: make kernel"
	mkdir "$tmp/copy"
	cp -r "$KIT/src" "$KIT/kernel-config" "$tmp/copy"
	[ ! -d "$KIT/patches" ] || cp -r "$KIT/patches" "$tmp/copy"
	fake make <<<'echo "make was called: $*" >&2; exit 1'
	run "$tmp/copy/src/kernel/build.sh" stock vhint
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" != *building* ]]
	for flavour in stock vhint; do
		[ "$tmp/copy/build/kernel/$flavour/bzImage" -ef "$KIT/build/kernel/$flavour/bzImage" ]
	done
}

@test "the kernels are called by their flavour" {
	[ -e "$KIT/build/kernel/vhint/COMPLETE" ] || skip "no kernels are built: make kernel"
	for flavour in stock vhint; do
		[[ "$(cat "$KIT/build/kernel/$flavour/kernelrelease")" =~ ^6\.12\.[0-9]+-$flavour$ ]]
		grep -qa "6\.12\.[0-9]*-$flavour (vhint@vhint)" "$KIT/build/kernel/$flavour/bzImage"
	done
}
