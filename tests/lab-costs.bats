#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# run-experiment costs: what it refuses, and that every cost is measured in the lab.

bats_require_minimum_version 1.5.0

setup() {
	KIT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	RUN=$KIT/build/bin/run-experiment
}

@test "costs: a bad command line" {
	run -3 "$RUN" costs --where moon
	[[ "$output" == *'"moon" is neither lab nor host'* ]]
	run -3 "$RUN" costs now
	[[ "$output" == *'unexpected "now"'* ]]
	run -3 "$RUN" costs --where
	[[ "$output" == *"--where needs a value"* ]]
	run -3 "$RUN" costs --nonsense
	run -0 "$RUN" costs --help
	[[ "$output" == *"--where lab"* ]]
}

@test "costs: no kernel of that name" {
	run -4 "$RUN" costs --kernel none
	[[ "$output" == *"none/bzImage: No such file"*"make kernel"* ]]
}

@test "costs: every row has a number, from the lab" {
	run --separate-stderr -0 "$RUN" costs
	echo "$output $stderr"
	[[ "${lines[0]}" == "cost "*" lab "*" hardware "* ]]
	[ "${#lines[@]}" -eq 11 ]
	zero=' 0(\.0+)? (ns|us) '
	for line in "${lines[@]:1}"; do
		[[ "$line" =~ ' '[0-9.]+' '(ns|us|ms|s)' '+[0-9.]+' '(ns|us|ms|s)' '+9' ' ]]
		[[ ! "$line" =~ $zero ]]
	done
}

@test "costs --json: a line for each cost, with its batches" {
	run --separate-stderr -0 "$RUN" costs --json --kernel stock
	echo "$output $stderr"
	jq -es 'length == 10 and all((.batches_ns | length == 9 and all(. > 0)) and
		(.median_ns as $m | .batches_ns | any(. == $m)))' <<<"$output"
	[ "$(jq -s 'map(.cost) | unique | length' <<<"$output")" = 10 ]
}
