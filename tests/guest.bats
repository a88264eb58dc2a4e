#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest, end to end: its kernel and initramfs booted by the kit's QEMU (no nesting), spoken
# to as the driver does. Instructions are counted, so the CPUs take turns and no race of QEMU's
# threads can spoil it; idle time passes in real time, since this side has its own clock.
# VHINT_TEST_KERNEL=FILE replaces build/kernel/stock/bzImage.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	kernel=${VHINT_TEST_KERNEL:-build/kernel/stock/bzImage}
	initramfs=${VHINT_TEST_INITRAMFS:-build/guest/initramfs.cpio.gz}
	[ -e "$kernel" ] || skip "no kernel at $kernel (make kernel)"
	[ -e "$initramfs" ] || skip "no initramfs at $initramfs (make guest)"

	export T=$BATS_FILE_TMPDIR
	gcc -O2 -std=gnu11 -D_GNU_SOURCE -o "$T/guest_peer" tests/unit/guest_peer.c -ljson-c
	boot guest
}

teardown_file() {
	[ -z "${T:-}" ] || kill "$(cat "$T/guest.pid")" 2>/dev/null || true
}

# boot NAME [QEMU ARGUMENT...] - starts a guest of that name
boot() {
	local name=$1

	shift
	timeout 600 build/qemu/bin/qemu-system-x86_64 -accel tcg,thread=single \
		-icount shift=0,parallel=on,sleep=on -machine q35,i8042=off,sata=off,smbus=off,usb=off \
		-bios qboot.rom -cpu qemu64 -smp 2 -m 384 -nodefaults -no-reboot \
		-display none -serial "file:$T/$name.console" -kernel "$kernel" \
		-initrd "$initramfs" -append "console=ttyS0 panic=-1" -device virtio-serial-pci \
		-chardev "socket,id=c,path=$T/$name.sock,server=on,wait=off" \
		-device virtserialport,chardev=c,name=org.vhint.0 "$@" </dev/null \
		>"$T/$name.qemu" 2>&1 3>&- &
	echo $! >"$T/$name.pid"
}

# Says what stands on stdin to the guest; its answers are left in $output.
talk() {
	run "$T/guest_peer" "$T/guest.sock" 120
	echo "$output"
	[ "$status" -eq 0 ]
}

# answer EVENT FILTER - the filter holds for (the last of) that event
answer() {
	grep '^{' <<<"$output" | jq -es "map(select(.event == \"$1\")) | last | $2"
}

@test "says hello with its kernel and CPUs" {
	talk </dev/null
	answer hello '.version == 1 and .cpus == 2 and (.kernel | startswith("6."))'
}

@test "runs hackbench and gives its time" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":7,"workload":"hackbench","args":["-g","1","-l","20"],"hints":false}
	wait ready
	send {"cmd":"go","run":7,"keep":false}
	wait done
	EOF
	answer ready '.run == 7 and .hints.enabled == false'
	answer 'done' '.run == 7 and .ok and .elapsed_ns / 1e9 >= .result.hackbench_s'
	answer 'done' '.result.hackbench_s > 0 and .result.guest.context_switches > 40'
}

@test "ipi sends as many IPIs as its closed form says, and keeps its load until stop" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":8,"workload":"ipi","args":["--calls","100"],"hints":false}
	wait ready
	send {"cmd":"go","run":8,"keep":true}
	wait done
	sleep 1500
	send {"cmd":"stop","run":8}
	wait stopped
	EOF
	answer 'done' '.ok and .result.calls == 100 and .result.ipis_expected == 100'
	answer 'done' '.result | .ipis_seen >= 95 and .ipis_seen <= 200'
	answer 'done' '.result.call_ns | .count == 100 and ([.bins[][1]] | add) == 100'
	answer 'done' '.elapsed_ns >= .result.call_ns.sum_ns'
	answer stopped '.loops >= 1'
	# two tasks, one on each CPU
	answer stopped '.runnable_mean > 1 and .runnable_mean < 3'
	answer 'done' '.result.guest.runnable_mean > 1 and .result.guest.runnable_mean < 3'
}

@test "publish times context switches, also where there is nothing to publish" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":8,"workload":"publish","args":["--pairs","3","--passes","50"],"hints":false}
	wait ready
	send {"cmd":"go","run":8}
	wait done
	EOF
	answer 'done' '.ok and .result.pairs == 3 and .result.publish_ns == null'
	answer 'done' '.result | .switch_ns > 100 and .switch_ns < 1e8'
}

@test "cpu runs on every CPU" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":9,"workload":"cpu","args":["--mrounds","5"],"hints":false}
	wait ready
	send {"cmd":"go","run":9}
	wait done
	EOF
	answer 'done' '.ok and .result.mrounds == 10 and .result.mrounds_per_s > 0'
}

@test "takes orders in pieces, and many at once" {
	talk <<-'EOF'
	raw {"cmd":"prepare","run":1,
	sleep 100
	send "workload":"cpu","args":["--mrounds","1"]}
	wait ready
	raw {"cmd":"go","ru
	sleep 100
	send n":1}
	wait done
	EOF
	printf 'send {"cmd":"stop","run":%d}\nwait stopped\n' 1 2 3 >"$T/many"
	talk <"$T/many"
	answer stopped '.run == 3'
}

# refused RUN MESSAGE - the last error says that
refused() {
	answer error ".run == $1 and (.message | startswith(\"$2\"))"
}

@test "answers what is wrong with an error, and goes on" {
	talk <<<$'send nonsense\nwait error'
	refused null "not JSON"
	talk <<<$'send {"cmd":"dance","run":3}\nwait error'
	refused 3 "unknown cmd 'dance'"
	talk <<<$'send {"cmd":"go","run":3}\nwait error'
	refused 3 "go of run 3: nothing is prepared"
	talk <<<$'send {"cmd":"prepare","run":3,"workload":"doom"}\nwait error'
	refused 3 "unknown workload 'doom', this guest has: cpu, hackbench, ipi, publish"
	talk <<<$'send {"cmd":"prepare","run":3,"workload":"ipi","args":["-z"]}\nwait error'
	refused 3 "arguments of ipi: unknown option '-z'"
	talk <<<$'fill 200000\nsend x\nwait error'
	refused null "line too long"
}

@test "a stock kernel refuses hints" {
	talk <<<$'send {"cmd":"prepare","run":3,"workload":"cpu","hints":true}\nwait error'
	if answer hello '.hints.supported'; then
		skip "this kernel has hints"
	fi
	refused 3 "hints are wanted, but this kernel has none"
}

@test "a workload that crashes gives ok:false with its last output" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":4,"workload":"hackbench","args":["-T","-g","1","-s","1000000"]}
	wait ready
	send {"cmd":"go","run":4,"keep":true}
	wait done
	send {"cmd":"stop","run":4}
	wait stopped
	EOF
	answer 'done' '.ok == false and (.message | startswith("hackbench was killed by signal 11"))'
	answer 'done' '.output[0] | startswith("Running in threaded mode")'
}

@test "stop in the middle of the measured part ends it at once" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":5,"workload":"hackbench","args":["-g","2","-l","1000000"]}
	wait ready
	send {"cmd":"go","run":5,"keep":true}
	sleep 300
	send {"cmd":"prepare","run":6,"workload":"cpu"}
	wait error
	send {"cmd":"stop","run":5}
	wait stopped
	quiet 300
	EOF
	refused 6 "prepare of run 6: run 5 is running"
	answer 'done' '. == null'
}

@test "a driver that goes away takes its load along" {
	talk <<-'EOF'
	send {"cmd":"prepare","run":5,"workload":"hackbench","args":["-g","1","-l","1000000"]}
	wait ready
	send {"cmd":"go","run":5,"keep":true}
	sleep 200
	EOF
	talk <<<$'send {"cmd":"go","run":5}\nwait error'
	refused 5 "go of run 5: nothing is prepared"
}

@test "printed nothing to the console, and powers off" {
	talk <<<$'send {"cmd":"poweroff"}\neof'
	run cat "$T/guest.console"
	[[ "$output" == *"Run /init as init process"* ]]
	[[ "${output##*Run /init}" != *vhint* ]]
	[[ "$output" != *"Kernel panic"* ]]
}
