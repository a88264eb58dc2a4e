#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Saved runs compared. A fake agent stands in for the host, as in cli.bats; what a
# second run has of its own is written into a copy of the first.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup_file() {
	fake_host "$BATS_FILE_TMPDIR"
	cd "$BATS_FILE_TMPDIR" || return
	experiment '.boots = 4 | .repetitions = 8' >x.json
	"$RUN" -q x.json >out 2>err
	export FIRST=$BATS_FILE_TMPDIR/first
	cp -r "$VHINT_RESULTS"/x/latest/ "$FIRST"
	# what an agent would have left, and kernels that are the same everywhere
	edit "$FIRST/env.json" '.kernels = { stock: { build: "stock-1" }, vhint: { build: "vhint-1" } }
		| .kit.git_sha = "1111111111111111111111111111111111111111" | .kit.git_dirty = false
		| .machine.cpu_model = "a CPU"'
	for boot in 0 1 2 3 4 5 6 7; do
		jq '{ boot: '$boot', kernel: .plan.boots['$boot'].kernel, host: {
			cpu: { model: "a CPU" }, sched: { base_slice_ns: 2800000, features: "ONE" } } }' \
			"$FIRST/resolved.json" >"$FIRST/env-boot$boot.json"
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$FIRST" a
	cp -r "$FIRST" b
}

# edit FILE FILTER: jq, in place
edit() {
	jq -c "$2" "$1" >"$1.new" && mv "$1.new" "$1"
}

# refused CODE TEXT COMMAND...: fails with this code, says this, prints no table
refused() {
	local code=$1 text=$2

	shift 2
	run "-$code" --separate-stderr "$@"
	[[ $stderr == *"$text"* && -z $output ]] || {
		echo "said: $stderr"
		echo "want: $text"
		return 1
	}
}

@test "the same twice: no difference, code 0, nothing is written" {
	find a b -type f -exec sha256sum {} + | sort >before
	run -0 --separate-stderr "$RUN" compare a b
	[[ $output == *"x: a test"*"A  $PWD/a"*"16 of 16 runs are good"*"B  $PWD/b"* ]]
	[[ $output == *"urgent: B vs A "*"B vs A, urgent: slowdown "*": ~, no difference is shown"* ]]
	[[ $output != *"better by"* && $output != *"may differ"* && -z $stderr ]]
	find a b -type f -exec sha256sum {} + | sort | cmp before
}

@test "a quicker one is better, a slower one worse; the same bytes each time" {
	edit b/runs.ndjson 'if .arm == "urgent" then .vms[].contended_s *= 0.7 else . end'
	run -0 "$RUN" compare a b
	[[ $output == *"B vs A, urgent: slowdown "*" against "*": better by -"*" % [-"*"n=8+8)"* ]]
	[[ $output == *"B vs A, stock: "*": ~, no difference is shown"* ]]
	[ "$output" = "$("$RUN" compare a b)" ]
	run -0 "$RUN" compare b a
	[[ $output == *"B vs A, urgent: slowdown "*": worse by +"* ]]
}

@test "a control that differs: the machine has changed" {
	edit b/runs.ndjson '.vms[].contended_s *= 0.7'
	run -0 "$RUN" compare a b
	[[ $output == *"note: stock differs, although its kernel is the same"*"the machine has changed"* ]]
}

@test "three runs: each against the first" {
	cp -r b c
	edit c/runs.ndjson 'if .arm == "urgent" then .vms[].contended_s *= 1.5 else . end'
	run -0 "$RUN" compare a b c
	[[ $output == *"B vs A, urgent: "*": ~, "*"C vs A, urgent: "*": worse by +"* ]]
}

@test "what cannot be compared is refused with path and both values, code 2" {
	edit b/resolved.json '.workload.args[3] = "20"'
	refused 2 'resolved.json: $.workload.args[3]: "10" in A, "20" in B' "$RUN" compare a b
	edit b/resolved.json '.where = "lab"'
	refused 2 'resolved.json: $.where: "host" in A, "lab" in B' "$RUN" compare a b
	[[ $stderr == *"B is $PWD/b"* && $stderr == *'$.workload.args[3]'* ]]
	cp a/resolved.json b
	edit b/env.json '.machine.cpu_model = "another"'
	refused 2 'env.json: $.machine.cpu_model: "a CPU" in A, "another" in B' "$RUN" compare a b
	cp a/env.json b
	for boot in b/env-boot?.json; do edit "$boot" '.host.sched.base_slice_ns = 5600000'; done
	refused 2 'base_slice_ns: median over the boots is 2.8 ms in A, 5.6 ms in B' "$RUN" compare a b
}

@test "the third cannot be compared: neither is the second" {
	cp -r b c
	edit c/resolved.json '.vms[0].vcpus = 1 | .vms[0].pins = [.vms[0].pins[0]]'
	refused 2 '$.vms[0].vcpus: 2 in A, 1 in C' "$RUN" compare a b c
}

@test "what is worth knowing is a note: commit, changes, kernel, policy" {
	edit b/env.json '.kit.git_sha = "2222222222222222222222222222222222222222"
		| .kit.git_dirty = true | .kernels.vhint.build = "vhint-2"'
	edit b/resolved.json '.arms[1].policy = "null"'
	run -0 "$RUN" compare a b
	[[ $output == *"commit 222222222222 with changes"* ]]
	[[ $output == *'note: env.json: $.kit.git_sha: "111111111111..." in A, "222222222222..." in B'* ]]
	[[ $output == *'note: env.json: $.kernels.vhint.build: "vhint-1" in A, "vhint-2" in B'* ]]
	[[ $output == *'note: resolved.json: $.arms[1].policy: "urgent" in A, "null" in B'* ]]
	[[ $output == *"note: B was made from a tree with changes that are not committed"* ]]
}

@test "what is not known or damaged is said, and the rest is compared" {
	rm b/env-boot*.json
	echo '{ "kit": ' >b/env.json
	run -0 --separate-stderr "$RUN" compare a b
[[ $stderr == *"b/env.json:2:1: "* ]]
	[[ $output == *'note: env.json: $.machine.cpu_model is not known for B: it may differ'* ]]
	[[ $output == *'note: env-boot*.json: $.host.sched.base_slice_ns is not known for B: it may differ'* ]]
	[[ $output == *"B vs A, urgent: "* ]]
}

@test "a run that is not complete: compared, noted, code 1" {
	head -n 12 a/runs.ndjson >b/runs.ndjson
	run -1 "$RUN" compare a b
	[[ $output == *"B  $PWD/b"*"note: "*"runs are missing"*"B vs A, urgent: "* ]]
}

@test "another schema version: code 2; no folders, the same twice: code 3" {
	edit b/resolved.json '.schema = 2'
	refused 2 'b/resolved.json: $.schema: found 2, expected 1' "$RUN" compare a b
	refused 3 "two folders of runs or more" "$RUN" compare a
	refused 3 "nosuch: no such folder" "$RUN" compare a nosuch
	ln -s a link
	refused 3 "a and link are the same run" "$RUN" compare a link
}

@test "the name of an experiment is its latest run" {
	mkdir -p results/y
	mv b results/y/latest
	VHINT_RESULTS=$PWD/results run -0 "$RUN" compare a y
	[[ $output == *"B  $PWD/results/y/latest"* ]]
}
