#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The emulated host: what it refuses, how it runs a command, and that each way in which
# it can end badly is told apart, shown with the console, and leaves nothing running.

bats_require_minimum_version 1.5.0

load fixtures/until

setup() {
	KIT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	tmp=$BATS_TEST_TMPDIR
	share=$tmp/share
}

# lab OPTIONS... -- COMMAND...: with a share of the test's own
lab() {
	"$KIT/build/bin/run-experiment" lab --kernel stock --share "$share" "$@"
}

# The emulators of this test; its share's path is on their command lines
emulators() {
	pgrep -f "qemu-system-x86_64.*path=$share"
}

nothing_left() {
	nobody_left && [ ! -e "$share/.lab" ]
}

# start OPTIONS... -- COMMAND...: in the background as $pid; returns when it runs. A shell
# lets its background jobs ignore SIGINT.
start() {
	env --default-signal=INT "$KIT/build/bin/run-experiment" lab --kernel stock \
		--share "$share" --no-libvirt --verbose "$@" >"$tmp/out" 2>"$tmp/err" 3>&- &
	pid=$!
	until_true 300 grep -q 'command started' "$tmp/err"
}

# ended STATUS: the one that start() started, within 10 s
ended() {
	local status=0

	until_true 10 dead "$pid"
	wait "$pid" || status=$?
	echo "status $status, errors: $(cat "$tmp/err")"
	[ "$status" -eq "$1" ]
}

nobody_left() {
	! emulators
}

# A QEMU that stands before the real one
fake_qemu() {
	mkdir "$tmp/bin"
	printf '#!/bin/sh\necho "QEMU emulator version %s"\n' "$1" >"$tmp/bin/qemu-system-x86_64"
	chmod +x "$tmp/bin/qemu-system-x86_64"
	PATH=$tmp/bin:$PATH
}

# A kit like this one, but its initrd is empty
broken_kit() {
	mkdir -p "$tmp/kit/build/lab" "$tmp/kit/build/kernel"
	ln -s "$(realpath "$KIT/build/qemu")" "$tmp/kit/build/qemu"
	ln -s "$(realpath "$KIT/build/kernel/stock")" "$tmp/kit/build/kernel/stock"
	: >"$tmp/kit/build/lab/initrd.cpio.gz"
	export VHINT_ROOT=$tmp/kit
}

# A kit like this one, but its host comes up and says nothing
silent_kit() {
	broken_kit
	mkdir "$tmp/root"
	# for ever: a thousand idle seconds are skipped before anybody looks
	printf '#!/bin/busybox sh\nwhile :; do /bin/busybox sleep 1000; done\n' >"$tmp/root/init"
	chmod +x "$tmp/root/init"
	{
		cat "$KIT/build/lab/initrd.cpio.gz"
		(cd "$tmp/root" && echo init | cpio -o -H newc --quiet | gzip)
	} >"$tmp/kit/build/lab/initrd.cpio.gz"
}

@test "lab: a bad command line" {
	run -3 lab
	[[ "$output" == *"no command given"* ]]
	run -3 lab --cpus many true
	[[ "$output" == *'--cpus: "many" is not a positive number'* ]]
	run -3 lab --cpus 64 true
	[[ "$output" == *"ask for 1 to 63"* ]]
	run -3 lab --memory 8192 true
	[[ "$output" == *"8192 MiB"*"1024 to 4608"* ]]
	run -3 lab --nonsense true
	run -3 lab --clock reel true
	[[ "$output" == *'--clock: unknown clock "reel"; did you mean "real"?'* ]]
	run -3 lab --round_ns 0 true
	[[ "$output" == *'--round_ns: found "0", expected a whole number from 1 to 1000000'* ]]
	run -3 lab --round_ns 1000001 true
	run -0 lab --help
}

@test "lab: no kernel of that name" {
	run -4 lab --kernel none true
	[[ "$output" == *"none/bzImage: No such file"*"make kernel"* ]]
}

@test "lab: the QEMU of virtual time is missing" {
	mkdir "$tmp/kit"
	export VHINT_ROOT=$tmp/kit
	run -4 lab true
	[[ "$output" == *"$tmp/kit/build/qemu/bin/qemu-system-x86_64: No such file"* ]]
	[[ "$output" == *'build it with `make qemu`, or use `--clock real`'* ]]
}

@test "lab: QEMU is missing" {
	mkdir "$tmp/bin"
	ln -s "$(command -v sh)" "$(command -v timeout)" "$tmp/bin/"
	PATH=$tmp/bin run -4 lab --clock real true
	[[ "$output" == *"install the package qemu-system-x86"* ]]
}

@test "lab: QEMU is too old" {
	fake_qemu 6.1.0
	run -4 lab --clock real true
	[[ "$output" == *'7.2 or newer, found "QEMU emulator version 6.1.0"'* ]]
}

@test "lab: no disk space" {
	mkdir "$share"
	unshare -rm true || skip "no user namespaces here"
	run -4 unshare -rm sh -c '
		mount -t tmpfs -o size=1m tmpfs "$2" && exec "$1" lab --kernel stock --share "$2" true
	' sh "$KIT/build/bin/run-experiment" "$share"
	[[ "$output" == *"$share: no disk space"* ]]
}

@test "lab: libvirt answers; input, output, errors and status are the command's" {
	run --separate-stderr -7 lab --cpus 9 -- sh -c '
		pwd; cat; echo error >&2; virsh -q -c qemu:///system uri; nproc --all
		taskset -cp $$; cat /sys/fs/cgroup/cgroup.subtree_control; [ -c /dev/kvm ] && echo kvm
		echo left >"$1/left"; echo lost >./lost; exit 7' sh "$share" <<<input
	echo "$output $stderr"
	[ "${lines[0]}" = "$KIT" ]
	[ "${lines[1]}" = input ]
	[ "${lines[2]}" = qemu:///system ]
	[ "${lines[3]}" = 10 ]
	[[ "${lines[4]}" == *"affinity list: 0" ]]
	[[ "${lines[5]}" == *cpuset* ]]
	[ "${lines[6]}" = kvm ]
	[[ "$stderr" == *error* ]]
	[[ "$stderr" != *warning* ]]	# in virtual time cores do not matter
	[ "$(cat "$share/left")" = left ]
	[ ! -e "$KIT/lost" ]
	grep -q "Linux version" "$share/console.log"
	nothing_left
}

@test "lab: in virtual time the date is the lab's own, and idle time is skipped" {
	run -0 --separate-stderr lab --no-libvirt -- sh -c 'date +%Y-%m-%d; sleep 1000; date +%H'
	[ "${lines[0]}" = 2026-01-01 ]
	[ "${lines[1]}" = 00 ]
	[ "$SECONDS" -lt 300 ]
}

@test "lab: real time" {
	run -0 --separate-stderr lab --clock real --cpus 9 --no-libvirt -- date +%Y-%m-%d
	[ "$output" = "$(date -u +%Y-%m-%d)" ]
	[ "$(nproc)" -ge 9 ] || [[ "$stderr" == *"warning: the lab emulates 9 CPUs"* ]]
}

@test "lab: a panic is called one, with the console's end" {
	broken_kit
	run -1 lab --no-libvirt true
	[[ "$output" == *"kernel died"*"Kernel panic - not syncing"* ]]
	[[ "$output" == *"$share/console.log ends with:"* ]]
	nothing_left
}

@test "lab: no report before the deadline is a failed boot" {
	silent_kit
	run -1 lab --no-libvirt --boot-timeout 2 true
	[[ "$output" == *"did not come up: no report from it in 2 virtual seconds"* ]]
	nothing_left
}

# own_qemu LINE...: a kit like this one, but its emulator is a script of these lines. $f
# is the descriptor of the file in which it is to keep virtual time, in ns.
own_qemu() {
	mkdir -p "$tmp/kit/build/qemu/bin"
	ln -s "$(realpath "$KIT/build/lab")" "$tmp/kit/build/lab"
	ln -s "$(realpath "$KIT/build/kernel")" "$tmp/kit/build/kernel"
	{
		echo '#!/bin/bash'
		echo '[ "$1" != --version ] || { echo QEMU emulator version 7.2.22; exit; }'
		echo 'for a; do case $a in *clock-file=*) f=${a##*/} ;; esac; done'
		printf '%s\n' "$@"
	} >"$tmp/kit/build/qemu/bin/qemu-system-x86_64"
	chmod +x "$tmp/kit/build/qemu/bin/qemu-system-x86_64"
	export VHINT_ROOT=$tmp/kit
}

@test "lab: deadlines are in virtual seconds, however fast they pass" {
	# 2^40 ns, the eight bytes of a number
	own_qemu 'printf "\0\0\0\0\0\1\0\0" >&"$f"' 'exec sleep 60'
	SECONDS=0
	run -1 lab true
	[[ "$output" == *"did not come up: no report from it in 120 virtual seconds"* ]]
	[ "$SECONDS" -lt 30 ]
	nothing_left
}

@test "lab: an emulator that ends at once is a failed boot, with its complaint" {
	fake_qemu 7.2.0
	run -4 lab --clock real true
	[[ "$output" == *"did not come up: qemu-system-x86_64 ended with status 0"* ]]
	[[ "$output" == *"$share/console.log is empty"* ]]
	nothing_left
}

@test "lab: a command that takes too long is a hang" {
	run -1 lab --no-libvirt --timeout 2 sleep infinity
	[[ "$output" == *"hangs: not a sign of life for 2 virtual seconds"*"$share/console.log ends with:"* ]]
	nothing_left
}

@test "lab: an emulator that dies in the middle is told so" {
	start sleep infinity
	kill -9 "$(emulators)"
	ended 1
	[[ "$(cat "$tmp/err")" == *"in the middle of its work"*"killed by signal 9"* ]]
	nothing_left
}

@test "lab: ^C leaves nothing" {
	start sleep infinity
	kill -INT "$pid"
	ended 130
	nothing_left
}

@test "lab: not even kill -9 leaves an emulator" {
	start sleep infinity
	kill -KILL "$pid"
	ended 137
	until_true 5 nobody_left
}
