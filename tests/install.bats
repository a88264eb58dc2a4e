#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Installation into a staging root: what gets there, that the lab boots from it with
# the policy module loaded from it, and that uninstalling leaves nothing.

bats_require_minimum_version 1.5.0

setup_file() {
	export KIT STAGE
	KIT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	STAGE=$BATS_FILE_TMPDIR/stage
	make -s -C "$KIT" install-host FLAVOUR=lab DESTDIR="$STAGE" PREFIX=/usr/local
}

setup() {
	release=$(cat "$KIT/build/kernel/vhint/kernelrelease")
	share=$STAGE/usr/local/lib/vhint
}

@test "install: the kernel, its modules and the policy module are where Debian has them" {
	for file in "vmlinuz-$release" "config-$release" "System.map-$release"; do
		[ -s "$STAGE/boot/$file" ]
	done
	cmp "$STAGE/boot/vmlinuz-$release" "$KIT/build/kernel/vhint/bzImage"
	grep -q '^extra/vhint.ko:' "$STAGE/lib/modules/$release/modules.dep"
	modinfo -F vermagic "$STAGE/lib/modules/$release/extra/vhint.ko" | grep -q "^$release "
}

@test "install: the driver runs from there, and finds its own files" {
	run --separate-stderr env -i PATH="$PATH" HOME="$HOME" "$STAGE/usr/local/bin/run-experiment" \
		check "$share/experiments/hackbench-2vm.json"
	echo "$output $stderr"
	[ "$status" -eq 0 ]
	for file in build/guest/initramfs.cpio.gz build/lab/initrd.cpio.gz build/kernel/stock/bzImage \
		build/kernel/vhint/bzImage build/policy/vhint.ko vm-templates/default.xml; do
		[ -s "$share/$file" ]
	done
}

@test "install: the man page and the completion are where man and bash look for them" {
	grep -q '^.TH RUN' "$STAGE/usr/local/share/man/man1/run-experiment.1"
	run bash -c '. "$1" && complete -p run-experiment' bash \
		"$STAGE/usr/local/share/bash-completion/completions/run-experiment"
	[[ $output == *"-F _run_experiment run-experiment" ]]
}

@test "install: the manifest names all that was installed" {
	while read -r file; do
		grep -qxF "$file" "$share/manifest" || echo "$file"
	done < <(cd "$STAGE" && find . -type f -o -type l | sed 's,^\.,,') >"$BATS_TEST_TMPDIR/unnamed"
	# depmod's indexes and the manifest itself are known to uninstalling
	run grep -vE "^/lib/modules/$release/modules\.|^/usr/local/lib/vhint/manifest$" \
		"$BATS_TEST_TMPDIR/unnamed"
	[ -z "$output" ]
}

@test "install: the lab boots the staged kernel, and the staged module loads into it" {
	mkdir "$BATS_TEST_TMPDIR/kernel"
	ln -s "$STAGE/boot/vmlinuz-$release" "$BATS_TEST_TMPDIR/kernel/bzImage"
	cat >"$BATS_TEST_TMPDIR/inside" <<-END
		uname -r
		modprobe -d "$STAGE" vhint || exit
		cat /sys/module/vhint/parameters/policy
		echo urgent >/sys/module/vhint/parameters/policy || exit
		cat /sys/module/vhint/parameters/policy
		rmmod vhint
	END
	run --separate-stderr "$KIT/build/bin/run-experiment" lab --no-libvirt \
		--kernel-dir "$BATS_TEST_TMPDIR/kernel" -- sh "$BATS_TEST_TMPDIR/inside"
	echo "$output $stderr"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "$release" ]
	[ "${lines[1]}" = null ]
	[ "${lines[2]}" = urgent ]
}

@test "uninstall: nothing is left, and what others have there stays" {
	touch "$STAGE/boot/vmlinuz-other"
	mkdir -p "$STAGE/lib/modules/other"
	run make -s -C "$KIT" uninstall-host DESTDIR="$STAGE" PREFIX=/usr/local
	echo "$output"
	[ "$status" -eq 0 ]
	run find "$STAGE" -mindepth 1 ! -path "$STAGE/boot/vmlinuz-other" \
		! -path "$STAGE/lib/modules/other" ! -type d
	[ -z "$output" ]
	[ -e "$STAGE/boot/vmlinuz-other" ]
	[ -d "$STAGE/lib/modules/other" ]
	[ ! -e "$STAGE/lib/modules/$release" ]
	[ ! -e "$share" ]
	run make -s -C "$KIT" uninstall-host DESTDIR="$STAGE" PREFIX=/usr/local
	[ "$status" -ne 0 ]
	[[ "$output" == *"Nothing is installed"* ]]
}

@test "install: without DESTDIR it takes root" {
	[ "$(id -u)" = 0 ] && user=(setpriv --reuid=65534 --regid=65534 --clear-groups) || user=()
	mkdir -m 755 "$BATS_TEST_TMPDIR/bin"
	for tool in dirname bash date sed cut id nproc env; do
		ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/$tool"	# but no sudo
	done
	cp -r "$KIT/src" "$BATS_TEST_TMPDIR"
	chmod -R a+rX "$BATS_RUN_TMPDIR"
	run "${user[@]}" env -u DESTDIR PATH="$BATS_TEST_TMPDIR/bin" \
		bash "$BATS_TEST_TMPDIR/src/kernel/uninstall.sh"
	[ "$status" -eq 4 ]
	[[ "$output" == *"needs root"*"DESTDIR=DIR"* ]]
}
