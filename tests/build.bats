#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The build: packages, the kernel's configuration, the series, the cache. No kernel is
# compiled here: what is about building uses a toy in place of the kernel's source,
# whose "compilation" is whatever a test puts into $COMPILE.

bats_require_minimum_version 1.5.0

load fixtures/until

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

# A cache of its own over the real source
real_source() {
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache KERNEL_SRC=$PRISTINE
}

# A cache of its own over a toy
toy_source() {
	export XDG_CACHE_HOME=$tmp/cache KERNEL_SRC=$tmp/toy COMPILE=${COMPILE:-true}
	export VHINT_CONFIGS=$tmp/configs VHINT_PATCHES=$tmp/patches VHINT_LINKS=$tmp/links
	cache=$tmp/cache/vhint
	mkdir -p "$tmp/toy/scripts/kconfig" "$tmp/configs" "$tmp/patches"
	cp "$PRISTINE/scripts/kconfig/merge_config.sh" "$tmp/toy/scripts/kconfig"
	echo '# nothing' | tee "$tmp/configs/lab.config" >"$tmp/configs/vhint.config"
	printf 'one\ntwo\nthree\n' >"$tmp/toy/COPYING"
	touch "$tmp/toy/Kbuild"
	cat >"$tmp/toy/Makefile" <<-'END'
		.RECIPEPREFIX = >
		kernelversion:
		> @echo 6.12.99
		tinyconfig olddefconfig:
		> touch $(O)/.config
		all:
		> mkdir -p $(O)/arch/x86/boot $(O)/include/config
		> echo 6.12.99$(LOCALVERSION) >$(O)/include/config/kernel.release
		> cp COPYING $(O)/arch/x86/boot/bzImage
		> echo "$(KBUILD_BUILD_USER)@$(KBUILD_BUILD_HOST) #$(KBUILD_BUILD_VERSION)" \
		>	"$(KBUILD_BUILD_TIMESTAMP) $(KCFLAGS) $(RUSTC) $(PAHOLE)" >$(O)/System.map
		> bash -c "$$COMPILE"
		modules_install:
		> mkdir -p $(INSTALL_MOD_PATH)/lib/modules
		run-command:
		> mkdir $(lastword $(KBUILD_RUN_COMMAND))
	END
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
	for target in driver guest lab kernel qemu policy check check-unit check-lab install-host clean; do
		[[ "$output" == *"  $target "* ]]
	done
}

@test "packages: nothing is missing, nothing is said" {
	run "$KIT/src/setup/packages.sh" --install build kernel qemu lab check
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
	real_source
	cp -r "$KIT/kernel-config" "$tmp/configs"
	echo 'CONFIG_KVM_WERROR_NOT=y' >>"$tmp/configs/lab.config"
	VHINT_CONFIGS=$tmp/configs VHINT_ONLY_CONFIGURE=1 run "$build" stock
	[ "$status" -eq 1 ]
	[[ "$output" == *"lab.config:"*": CONFIG_KVM_WERROR_NOT=y did not stick"* ]]
}

@test "configuration: the debug and host kernels get what their fragments ask for" {
	real_source
	for flavour in debug host; do
		HOST_CONFIG=/usr/src/linux-config-6.12/config.amd64_none_amd64.xz \
			VHINT_ONLY_CONFIGURE=1 run "$build" "$flavour"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

@test "configuration: which tools this machine has does not show in it" {
	real_source
	fake pahole <<<'echo v1.30'
	fake rustc <<<'echo "rustc 1.95.0 (abc 2026-11-01)"'
	VHINT_ONLY_CONFIGURE=1 run --separate-stderr "$build" stock
	[ "$status" -eq 0 ]
	grep -x CONFIG_PAHOLE_VERSION=0 "$output"
	grep -x CONFIG_RUSTC_VERSION=0 "$output"
	run -1 grep '^CONFIG_[A-Z_]*=m' "$output"
}

@test "the same bytes on every machine: names, date and flags are the build's own" {
	toy_source
	touch -d 2001-02-03 "$KERNEL_SRC/Makefile"
	KBUILD_BUILD_USER=me KBUILD_BUILD_TIMESTAMP=today KCFLAGS=-O0 SOURCE_DATE_EPOCH=1 \
		MAKEFLAGS=PAHOLE=mine run "$build" stock
	[ "$status" -eq 0 ]
	cat "$cache"/kernel/stock-*/System.map
	[ "$(cat "$cache"/kernel/stock-*/System.map)" = \
		"vhint@vhint #1 Thu Jan  1 00:00:00 UTC 2026  none none" ]
}

@test "the same bytes from every folder: the guest's archives and the lab's" {
	copy=$tmp/another/folder
	mkdir -p "$copy"
	cp -r "$KIT/Makefile" "$KIT/src" "$copy"
	make -s -C "$KIT" guest guest-trace lab
	mkdir "$tmp/stage"
	(umask 077; TMPDIR=$tmp/stage SOURCE_DATE_EPOCH=1 make -s -C "$copy" guest guest-trace lab)
	for file in guest/initramfs.cpio.gz guest/initramfs-trace.cpio.gz lab/initrd.cpio.gz; do
		cmp "$KIT/build/$file" "$copy/build/$file"
	done
	# cpio counts a folder's links as its file system does, which not all do alike
	run bash -c 'zcat "$1" | cpio --quiet -tvn' _ "$copy/build/lab/initrd.cpio.gz"
	[[ "${lines[0]}" =~ ^drwxr-xr-x\ +2\ 0\ +0\ .*\ 1970\ bin$ ]]
	mkdir -p "$tmp/dir/a/b" "$tmp/dir/a/c"
	"$KIT/src/workload/pack.sh" "$tmp/dir" "$tmp/dir.gz"
	[ "$(zcat "$tmp/dir.gz" | cpio --quiet -tv | awk '{ print $2 }' | sort -u)" = 2 ]
}

@test "the lab's initrd: ^C leaves nothing behind" {
	fake install <<<'kill -INT $PPID; sleep 0.2'
	mkdir "$tmp/scratch"
	TMPDIR=$tmp/scratch run env --default-signal=INT "$KIT/src/lab/mkinitrd.sh" "$tmp/initrd"
	[ "$status" -ne 0 ]
	[ -z "$(ls "$tmp/scratch")" ]
	[ ! -e "$tmp/initrd" ]
}

@test "the series: a patch that does not apply is named, and so is the release" {
	toy_source
	a_patch "$tmp/patches/0000-cover-letter.patch" "is never applied" </dev/null
	new_file_patch "$tmp/patches/0001-good.patch"
	a_patch "$tmp/patches/0002-bad.patch" "does not fit" <<-'END'
		diff --git a/COPYING b/COPYING
		--- a/COPYING
		+++ b/COPYING
		@@ -1,1 +1,1 @@
		-There is no such line.
		+Nor this one.
	END
	run "$build" vhint
	[ "$status" -eq 1 ]
	[[ "$output" == *"0002-bad.patch does not apply to $KERNEL_SRC (Linux 6.12.99)"* ]]
	[[ "$output" == *"KERNEL_SRC=DIR"* ]]
	[[ "$output" != *"0001-good.patch does not"* ]]
}

@test "the series: git am applies it to a tree of hard links, and the source stays as it is" {
	toy_source
	new_file_patch "$tmp/patches/0001-add.patch"
	a_patch "$tmp/patches/0002-change.patch" "change a file" < <(
		sed 's/two/2/' "$KERNEL_SRC/COPYING" |
			diff -u --label a/COPYING --label b/COPYING "$KERNEL_SRC/COPYING" -
	)
	run "$build" stock vhint
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(sed -n 2p "$cache"/kernel/stock-*/bzImage)" = two ]
	[ "$(sed -n 2p "$cache"/kernel/vhint-*/bzImage)" = 2 ]
	[ -d "$(echo "$cache"/kernel/vhint-*/extmod)" ]
	[ -f "$cache/work/lab/src/Documentation/vhint-test.rst" ]
	[ "$cache/work/lab/src/Makefile" -ef "$KERNEL_SRC/Makefile" ]
	[ "$(sed -n 2p "$KERNEL_SRC/COPYING")" = two ]
	[ ! -e "$KERNEL_SRC/Documentation" ]
	# what a patch no longer changes is dated anew, so that make builds it again
	rm "$tmp/patches/0002-change.patch"
	touch "$tmp/now"
	run "$build" vhint
	[ "$status" -eq 0 ]
	[ "$(sed -n 2p "$cache/work/lab/src/COPYING")" = two ]
	[ "$cache/work/lab/src/COPYING" -nt "$tmp/now" ]
	# and what a patch no longer adds is no longer there
	a_patch "$tmp/patches/0001-add.patch" "rename a file" <<-'END'
		diff --git a/COPYING b/LICENCE
		similarity index 100%
		rename from COPYING
		rename to LICENCE
	END
	run "$build" vhint		# fails: the toy needs its COPYING
	[ "$status" -eq 1 ]
	[ ! -e "$cache/work/lab/src/Documentation/vhint-test.rst" ]
	[ -f "$cache/work/lab/src/LICENCE" ]
	rm "$tmp/patches/0001-add.patch"
	run "$build" vhint
	[ "$status" -eq 0 ]
	[ ! -e "$cache/work/lab/src/LICENCE" ]
	[ -f "$cache/work/lab/src/COPYING" ]
}

@test "the series: its kernel starts from stock's objects, unless a build was cut short" {
	toy_source
	new_file_patch "$tmp/patches/0001-add.patch"
	run "$build" stock
	echo kept >"$cache/work/lab/obj/an-object"
	run "$build" vhint
	[ "$status" -eq 0 ]
	[ -f "$cache/work/lab/obj/an-object" ]
	touch "$cache/work/lab/busy"
	new_file_patch "$tmp/patches/0001-add.patch"
	echo '# CONFIG_A is not set' >>"$tmp/configs/lab.config"
	run "$build" vhint
	[ "$status" -eq 0 ]
	[ ! -e "$cache/work/lab/obj/an-object" ]
	[ -f "$cache/work/lab/src/Documentation/vhint-test.rst" ]
}

@test "the series: its own options are asked for only where there is one" {
	toy_source
	echo 'CONFIG_KVM_VHINT=y' >"$tmp/configs/vhint.config"
	run "$build" vhint
	[ "$status" -eq 0 ]
	[[ "$output" == *"holds no patch"* ]]
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
	toy_source
	fake df <<<'printf "F B U A C M\n/dev/x 9999 9000 99 99%% /\n"'
	run "$build" stock
	[ "$status" -eq 4 ]
	[[ "$output" == *"has 99 MiB free; this build needs"*"XDG_CACHE_HOME"* ]]
}

@test "a compile that fails shows the log's end and path, and counts for nothing" {
	COMPILE='echo boom: no such thing >&2; exit 2'
	toy_source
	run "$build" stock
	[ "$status" -eq 1 ]
	[[ "$output" == *"boom: no such thing"* ]]
	[[ "$output" == *"The whole log: $cache/log/stock-"* ]]
	[ -z "$(find "$cache/kernel" -name COMPLETE)" ]
	COMPILE=true run "$build" stock
	[ "$status" -eq 0 ]
	[ -n "$(find "$cache/kernel" -name COMPLETE)" ]
}

@test "progress: how many files of about how many, until there are more" {
	printf '  CC      %s.o\n' 1 2 3 >"$tmp/log"
	shows() {
		run timeout 20 bash -c '. "$1/src/kernel/common.sh"; SECONDS=3600 expected_files=$3
			logged "$2" compile sleep 3' _ "$KIT" "$tmp/log" "$1"
		[ "$status" -eq 0 ]
		[[ "${lines[1]}" == "  [60:0"?"] compile: $2 files" ]]
	}
	shows 4 "3 of about 4"
	shows 3 "3 of about 3"
	shows 2 3
	shows "" 3
}

@test "an interrupted build counts for nothing, and leaves no process behind" {
	COMPILE="echo \$\$ >$tmp/pid; exec sleep 100"
	toy_source
	env --default-signal=INT setsid "$build" stock 3>&- &
	pid=$!
	until_true 30 test -s "$tmp/pid"
	kill -INT -- -"$(ps -o pgid= "$(cat "$tmp/pid")" | tr -d ' ')"
	status=0
	wait "$pid" || status=$?
	[ "$status" -ne 0 ]
	[ -z "$(find "$cache/kernel" -name COMPLETE)" ]
	until_true 5 dead "$(cat "$tmp/pid")"
	# and the next build is not held up by it
	flock -n "$cache/lock" true
}

@test "two builds at once: the second says that it waits, and finds the kernel built" {
	COMPILE=": >$tmp/begun; . $KIT/tests/fixtures/until.bash; until_true 60 test -e $tmp/go-on"
	toy_source
	"$build" stock 3>&- &
	until_true 30 test -e "$tmp/begun"
	"$build" stock >"$tmp/second" 2>&1 3>&- &
	until_true 30 grep "waiting for another kernel build" "$tmp/second"
	touch "$tmp/go-on"
	wait %1
	wait $!
	run -1 grep building "$tmp/second"
}

@test "a change of patch, fragment or source builds anew, and old builds go in the end" {
	toy_source
	run "$build" stock
	[[ "$output" == *"building stock-"* ]]
	run "$build" stock
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	for i in 1 2 3 4 5; do
		echo "# CONFIG_A$i is not set" >>"$tmp/configs/lab.config"
		run "$build" stock
		[[ "$output" == *"building stock-"* ]]
	done
	echo "# A comment is no change." >>"$tmp/configs/lab.config"
	run "$build" stock
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	# another checkout may use them, until they have not been used for a day
	[ "$(find "$cache/kernel" -name COMPLETE | wc -l)" -eq 6 ]
	find "$cache/kernel" -name COMPLETE -exec touch -d "25 hours ago" {} +
	run "$build" stock		# links it
	echo "# CONFIG_A6 is not set" >>"$tmp/configs/lab.config"
	linked=$(readlink "$tmp/links/stock")
	run "$build" stock
	[ -f "$linked/COMPLETE" ]
	[ "$(find "$cache/kernel" -name COMPLETE | wc -l)" -eq 4 ]
	echo four >>"$KERNEL_SRC/COPYING"
	run "$build" stock
	[[ "$output" == *"building stock-"* ]]
	new_file_patch "$tmp/patches/0001-add.patch"
	run "$build" stock		# which has no patches
	[ -z "$output" ]
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

# A checkout whose driver is built and whose kernels are not; to build one would fail
checkout_without_kernels() {
	make -s -C "$KIT" driver
	mkdir "$tmp/checkout"
	(cd "$KIT" && cp -a run-experiment Makefile src experiments vm-templates "$tmp/checkout")
	mkdir "$tmp/checkout/build"
	(cd "$KIT/build" && cp -a bin obj libvhint.a libperf "$tmp/checkout/build")
	export VHINT_CONFIGS=$tmp/none
	cd "$tmp/checkout" || return
}

@test "run-experiment: what is wrong with a request is told before any kernel is built" {
	checkout_without_kernels
	run --separate-stderr ./run-experiment experiments/smoke.json --bogus
	[ "$status" -eq 3 ]
	[[ "$stderr" == *"--bogus"* ]]
	run --separate-stderr ./run-experiment nosuch.json
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"nosuch.json"* ]]
	echo '{ "schema": 1, "titel": "x" }' >bad.json
	run --separate-stderr ./run-experiment --repetitions 5 bad.json
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"titel"* ]]
	[ ! -e build/kernel ]
}

# A checkout whose make and packages.sh write down what is asked of them, and whose driver
# says what is needed, and runs nothing
checkout_of_stubs() {
	mkdir -p "$tmp/stubs/build/bin" "$tmp/stubs/src/setup"
	cp "$KIT/run-experiment" "$tmp/stubs"
	ln -s "$KIT/experiments" "$tmp/stubs"
	echo "echo \"packages \$*\" >>$tmp/asked" | fake make
	mv "$fake/make" "$tmp/stubs/src/setup/packages.sh"
	echo "echo \"make \${!#}\" >>$tmp/asked" | fake make
	mv "$fake/make" "$tmp/stubs/make"
	PATH=$tmp/stubs:$PATH
	cat >"$tmp/stubs/build/bin/run-experiment" <<-END
		#!/bin/bash
		[ "\$1 \$2" != "needs --" ] || exec "$KIT/build/bin/run-experiment" "\$@"
		printf '<%s>' "\$@"
	END
	chmod +x "$tmp/stubs/build/bin/run-experiment"
	cd "$tmp/stubs" || return
}

# asks "TARGET..." ARGUMENT...: the driver is called, with this and no more made before
asks() {
	local want=$1

	shift
	rm -f "$tmp/asked"
	run -0 --separate-stderr ./run-experiment "$@"
	[ "$output" = "$(printf '<%s>' "$@")" ]
	{
		printf '%s\n' "packages --install build" "make driver"
		[ -z "$want" ] || printf '%s\n' "packages --install $want" "make ${want// /$'\nmake '}"
	} | diff "$tmp/asked" -
}

@test "run-experiment: only what boots something touches kernels and packages, of all commands" {
	checkout_of_stubs
	all=$("$KIT/build/bin/run-experiment" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	[ "$(wc -w <<<"$all")" -ge 10 ]
	for command in $all; do
		case $command in
		run)
			asks "kernel qemu lab guest policy" run experiments/smoke.json
			asks "" run --resume "$KIT/results/sample/ipi-2vm"
			asks "kernel qemu lab guest policy" --resume "$KIT/results/sample/ipi-2vm" --add 1 ;;
		lab) asks "kernel qemu lab guest policy" lab echo "a  b" ;;
		costs) asks "kernel qemu lab" costs ;;
		*)	# with and without arguments, be they right or not
			asks "" "$command" experiments/smoke.json
			asks "" "$command" one two
			asks "" "$command" ;;
		esac
		asks "" "$command" --help
	done
	asks "" --version
	asks "" chekc
}

@test "run-experiment: commands that need no kernel build none" {
	checkout_without_kernels
	cp -r "$KIT/results/sample/ipi-2vm" one
	cp -r one other
	for command in --help list schema "check experiments/smoke.json" "run --help" \
		"compare one other" "needs -- compare one other" "needs -- --resume one"; do
		# shellcheck disable=SC2086
		run --separate-stderr ./run-experiment $command
		echo "$command: $stderr"
		[ "$status" -eq 0 ]
		[ -n "$output" ] || [[ $command == needs* ]]
		[ -z "$stderr" ]
	done
	# complete already: the report is made again, and nothing else
	run -0 --separate-stderr ./run-experiment -q --resume one
	[[ $output == *"urgent vs stock"* ]]
	[ ! -e build/kernel ]
}

@test "run-experiment: a kernel that cannot be built is exit code 4" {
	checkout_without_kernels
	run --separate-stderr ./run-experiment experiments/smoke.json
	echo "$stderr"
	[ "$status" -eq 4 ]
	[ ! -e build/kernel/vhint ]
}

@test "run-experiment: a package that is missing is exit code 4 where apt is forbidden" {
	fake dpkg-query <<<'/usr/bin/dpkg-query "$@" | grep -v libjson-c-dev'
	VHINT_NO_APT=1 run --separate-stderr "$KIT/run-experiment" list
	[ "$status" -eq 4 ]
	[ -z "$output" ]
	[[ "$stderr" == *"libjson-c-dev"*"JSON"* ]]
}
