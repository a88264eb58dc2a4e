#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The analysis against another one: a script that shares nothing with the driver computes the
# numbers of summary.json from the raw data, and statistics are compared with scipy's and R's.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup() {
	fake_host "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$VHINT_ROOT"/tests/fixtures/golden run
	"$RUN" report run >out || [ $? = 1 ]
}

golden() {
	"$VHINT_ROOT"/tests/golden.py run "$@"
}

@test "every number of summary.json, computed by another program" {
	run -0 golden run/numbers.json
	[[ $output == "70 comparisons agree to 1e-9" ]]
}

@test "and it would see a difference" {
	jq '.arms[1].metrics.slowdown.interval_95[1] *= 1.00000001' run/summary.json >other
	mv other run/summary.json
	run -1 golden
	[[ $output == '$.arms[1].metrics.slowdown.interval_95[1]: '* ]]
	jq '.comparisons[2].verdict = "none"' run/summary.json >other && mv other run/summary.json
	run -1 golden
	[[ $output == *'$.comparisons[2].verdict: '* ]]
}

# What the fixture is there for: without it, these numbers would say nothing
@test "the fixture has boot effects, unequal VMs, a failed and a remade run, missing values, an arm that lacks a boot" {
	jq -e '[.failed, .ok, .planned] == [1, 36, 40]' run/summary.json
	jq -es '[.[] | select(.run == 29) | .ok] == [false, true]' run/runs.ndjson
	jq -es '[.[] | select(.run == 11) | .vms[0].contended_s] | length == 2 and
		.[0] > 2 * .[1]' run/runs.ndjson
	jq -e '.vms | map(.vcpus) == [2, 1, 1]' run/resolved.json
	jq -e '[.arms[].metrics.slowdown.variance_of_log.between_boots] | .[1] == 0 and .[2] > 0.01' \
		run/summary.json
	jq -e '.arms[1].metrics | [.exits, .migrations, .call_mean_us, .call_p99_us] | map(.n) ==
		[8, 5, 9, 10]' run/summary.json
	jq -es '[.[] | select(.boot == 2 and (.warmup | not)) | .arm] | unique == ["off", "urgent"]' \
		run/runs.ndjson
	jq -e '[.comparisons[] | select(.metric == "slowdown") | .degrees_of_freedom] |
		.[3:] == [9 + 10 - 4 - 1, 7 + 7 - 3 - 1]' run/summary.json
	# a run of off stalls in the boot that null lacks; exits: 7 and 8 values, 5 and 5 in common boots
	jq -e '[.comparisons[] | select(.arm == "null" and .baseline == "off")] |
		(.[] | select(.metric == "stalled_share") | .difference * 7 | round) == -1 and
		(.[] | select(.metric == "exits") | .change_interval_95) == null' run/summary.json
	jq -e '.arms[1].metrics.stalled_share.values | add == 3' run/summary.json
	jq -e '[.comparisons[] | .verdict] | unique == ["-", "better", "~"]' run/summary.json
	jq -e 'any(.comparisons[]; .verdict != .verdict_unadjusted)' run/summary.json
}

@test "the statistics agree with scipy and numpy on random samples" {
	run -0 "$VHINT_ROOT"/tests/differential.py "$VHINT_ROOT"/build/tests/statistics
	[[ $output == *"disagree: 0"* ]]
}

@test "and with R's, exactRankTests', coin's and diptest's" {
	run -0 "$VHINT_ROOT"/tests/differential.py "$VHINT_ROOT"/build/tests/statistics --r
	[[ $output == *"disagree: 0"* ]]
}
