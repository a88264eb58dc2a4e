#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Recorded runs, in one boot of the lab: that host and guests are on one clock, that the
# run's record says what there is, and that a full disk costs the recording and not the run.

bats_require_minimum_version 1.5.0

load fixtures/lab-case

setup_file() {
	export CASE=$BATS_FILE_TMPDIR/share/case

	make -s -C "$BATS_TEST_DIRNAME/.." guest-trace
	new_case case '.workload = { name: "hackbench", args: [ "-g", "1", "-l", "20" ] } |
		.arms = [ { name: "vhint", kernel: "vhint", policy: "none", hints: false } ] |
		.baseline = "vhint" | .metrics = [] | .trace = true | .perf = true |
		.plan.boots = [ { kernel: "vhint", runs: [
			{ id: 0, arm: "vhint", rep: 0, warmup: false },
			{ id: 1, arm: "vhint", rep: 0, warmup: true, traced: true },
			{ id: 2, arm: "vhint", rep: 1, warmup: true, traced: true } ] } ]'
	mkdir -p "$CASE/runs/002-vhint"
	# The third run finds a folder with little room in it.
	# shellcheck disable=SC2016	# for the shell in the lab
	in_lab vhint sh -c 'case=$1
		: >"$case/events"
		mount -t tmpfs -o size=400k tmpfs "$case/runs/002-vhint"
		"$VHINT_ROOT/build/bin/run-experiment" agent --dir "$case" --boot 0 \
			--events "$case/events"
		ls "$case/runs/002-vhint" >"$case/left"
		ls /sys/kernel/tracing/instances >>"$case/left"' sh "$CASE"
	cp "$CASE/runs/001-vhint/"*.dat "$BATS_FILE_TMPDIR" || true
}

setup() {
	tail -n 5 "$BATS_FILE_TMPDIR/lab.log" "$CASE/events"
	cd "$CASE/runs/001-vhint" || return
}

# record RUN FILTER
record() {
	jq -ces ".[$1]" "$CASE/runs-boot0.ndjson"
	jq -es ".[$1] | $2" "$CASE/runs-boot0.ndjson" >/dev/null
}

@test "trace: a recorded run is good, does not count, and names its files" {
	record 0 '.ok and (has("traced") | not)'
	record 1 '.ok and .traced and .warmup and .trace.complete and .trace.error == null'
	record 1 '.trace.files | .["trace-host.dat"] > 0 and .["trace-vm.dat"] > 0 and
		.["perf.data"] > 0'
	ls -l
}

@test "trace: host and guest are on one clock" {
	run -0 "$BATS_TEST_DIRNAME/fixtures/trace-aligned" trace-host.dat trace-vm.dat vm
	echo "inside, at the edge, outside: $output"
	read -r inside edge outside <<<"$output"
	[ "$inside" -gt 200 ]
	[ "$edge" -lt $((inside / 10)) ]
	[ "$outside" -eq 0 ]
	# and a clock that is 5 us off would be seen
	for later in -5000 5000; do
		run -0 "$BATS_TEST_DIRNAME/fixtures/trace-aligned" trace-host.dat trace-vm.dat vm $later
		echo "with the guest's clock $later ns off: $output"
		read -r inside edge outside <<<"$output"
		[ "$outside" -gt 50 ]
	done
}

@test "trace: has what a scheduler's reader looks for, of the vCPUs' CPUs only" {
	trace-cmd report -i trace-host.dat >"$BATS_TEST_TMPDIR/host" 2>/dev/null
	for event in sched_switch sched_wakeup kvm_entry kvm_exit; do
		grep -q " $event:" "$BATS_TEST_TMPDIR/host"
	done
	run ! grep -qF ' [000]' "$BATS_TEST_TMPDIR/host"
	trace-cmd report -i trace-vm.dat 2>/dev/null | grep -q 'sched_switch:.*hackbench'
}

@test "trace: perf's file opens, too, with the names of the kernel's functions" {
	perf report -i perf.data --stdio --kallsyms=kallsyms 2>/dev/null >"$BATS_TEST_TMPDIR/perf"
	grep -q "CPU 0/KVM" "$BATS_TEST_TMPDIR/perf"
	# Which functions the samples fall into is chance; that they have names is not
	grep -qE '\[k\] [a-z_][a-z0-9_.]+ *$' "$BATS_TEST_TMPDIR/perf"
	run ! grep -qE '\[k\] 0x[0-9a-f]+ *$' "$BATS_TEST_TMPDIR/perf"
}

@test "trace: a full disk costs the recording, not the run" {
	record 2 '.ok and .traced and (.trace.complete | not)'
	record 2 '.trace.error | startswith("the disk is full")'
	record 2 '.vms[0].contended_s > 0'
}

@test "trace: nothing is left behind" {
	run cat "$CASE/left"
	[[ $output != *.cpu* && $output != *hold* ]]
}
