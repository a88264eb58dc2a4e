#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The control experiments, as a user runs them but for their length: that each still is the
# control that it says it is. No figure is judged; what controls showed when they were
# measured is in tests/unit/test_aa.c and experiments/README.md.

bats_require_minimum_version 1.5.0

setup_file() {
	export KIT=$BATS_TEST_DIRNAME/..

	cd "$KIT" || return
	for e in hackbench-1vm cpu-2vm pinned-2vm; do
		control $e --arms off,urgent --repetitions 1
	done
	control aa-2vm --repetitions 2
}

# control NAME OPTION...: one boot's worth of it
control() {
	./run-experiment "exps/$1.json" "${@:2}" --warmup 0 --boots 1 --quiet \
		--results "$BATS_FILE_TMPDIR/$1" >"$BATS_FILE_TMPDIR/$1.out" 2>&1 3>&- ||
		echo "exit code $?" >>"$BATS_FILE_TMPDIR/$1.out"
}

# of NAME: goes into its results, and prints what a failing test shows
of() {
	cat "$BATS_FILE_TMPDIR/$1.out"
	cd "$BATS_FILE_TMPDIR/$1" || return
	jq -es 'length > 1 and all(.ok)' runs.ndjson >/dev/null
}

# all FILTER: holds for all records
all() {
	jq -es "all($1)" runs.ndjson >/dev/null
}

@test "control hackbench-1vm: nobody to contend with, so no slowdown" {
	of hackbench-1vm
	all '.vms | length == 1 and .[0].alone_s == null and .[0].contended_s > 0'
	jq -e '.metrics[0].key == "elapsed_s" and all(.arms[]; .metrics | has("slowdown") | not)' summary.json
}

@test "control cpu-2vm: both VMs compute all the time" {
	of cpu-2vm
	all '.vms | length == 2 and all(.workload.mrounds_per_s > 0)'
	# 4 vCPUs with equal work share 2 CPUs, of which none idles. Each wants a CPU until its work
	# is done: all of the time if they share fairly, 3/4 of it if one VM comes after the other.
	all '.contended_wall_s as $wall | .metrics |
		.run_s > 0.95 * 2 * $wall and .run_s + .run_delay_s > 0.8 * 4 * $wall'
}

@test "control pinned-2vm: no vCPU moves" {
	of pinned-2vm
	jq -e '[ .vms[].vcpu_pins ] == [ [ "1", "2" ], [ "1", "2" ] ]' env-boot0.json
	all '.metrics | .migrations == 0 and .ctx_switches > 0'
	all '.metrics.moves == null or .metrics.moves == 0'
}

@test "control aa-2vm: hints are read, nothing is decided, in both arms alike" {
	of aa-2vm
	all '.metrics | .hints_seen > 0 and .decided == 0 and .boosts == 0 and .moves == 0'
	jq -es 'map(.arm) | unique == [ "null-a", "null-b" ]' runs.ndjson
}

@test "controls: from so few runs nothing is concluded" {
	for e in hackbench-1vm cpu-2vm pinned-2vm aa-2vm; do
		run -1 grep -E '(better|worse) *$|is shown to' "$BATS_FILE_TMPDIR/$e/mail.txt"
		run -0 awk '/^### (Better|Worse)$/ { getline; getline; print }' "$BATS_FILE_TMPDIR/$e/report.md"
		[ "$output" = $'None.\nNone.' ]
		jq -e '[ .comparisons[].verdict ] | length > 3 and all(. == "-" or . == "~")' \
			"$BATS_FILE_TMPDIR/$e/summary.json"
	done
}
