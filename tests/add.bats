#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Repetitions that are added to a finished run. A fake agent stands in for the host.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup_file() {
	fake_host "$BATS_FILE_TMPDIR"
	cd "$BATS_FILE_TMPDIR" || return
	experiment . >x.json
	"$RUN" -q x.json --results saved >out
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$BATS_FILE_TMPDIR"/saved run
}

@test "--add: more runs in new boots, none in an old one, and the report warns of it" {
	run -0 --separate-stderr "$RUN" -q --resume run --add 5
	[[ $stderr == *"warning: who looks at results and then decides to add"* ]]
	[[ $output == *"note: 5 repetitions of each arm were added to the first 6, in new boots; who looks"* ]]
	jq -es 'map(select(.warmup | not)) | group_by(.arm) | map(length) == [11, 11]' run/runs.ndjson
	# 6 in 2 boots, so 5 take 2 more of each kernel
	jq -es 'map(.boot) | unique == [range(8)]' run/runs.ndjson
	jq -es '.[:16] | map(.boot) | unique == [range(4)]' run/runs.ndjson
	head -n 16 run/runs.ndjson | cmp - "$BATS_FILE_TMPDIR"/saved/runs.ndjson
	jq -e '.repetitions == 11 and .boots == 4 and .added == [{ repetitions: 5, boots: 2 }]' \
		run/resolved.json
	jq -e '.complete and .arms[0].ok == 11' run/summary.json
	jq -e '.command_line | index("--add")' run/env-resume1.json
}

@test "--add twice, and again after it was cut short" {
	"$RUN" -q --resume run --add 1 >out
	FAKE_AGENT_DO="exit:22" run -1 "$RUN" -q --resume run --add 2
	run -3 --separate-stderr "$RUN" -q --resume run --add 2
	[[ $stderr == *"--add: the run in $PWD/run is not complete: make its "*" runs first, with --resume alone"* ]]
	"$RUN" -q --resume run >out
	grep -q "note: 3 repetitions of each arm were added to the first 6, " out
	jq -e '.complete and .arms[1].ok == 9' run/summary.json
	jq -e '.added == [{ repetitions: 1, boots: 1 }, { repetitions: 2, boots: 1 }]' run/resolved.json
	jq -e '[.plan.boots[].runs[].id] == [range(16 + 4 + 6)]' run/resolved.json
}

@test "--add: what cannot be added is told, and nothing changes" {
	find run -type f -exec sha256sum {} + | sort >before
	run -3 --separate-stderr "$RUN" --resume run --add 0
	[[ $stderr == *'--add: found "0", expected a whole number from 1 to 1000'* ]]
	run -3 --separate-stderr "$RUN" --resume run --add 1000
	[[ $stderr == *"--add: 1006 repetitions in all are too many: at most 1000"* ]]
	run -3 --separate-stderr "$RUN" --resume run --add 900
	[[ $stderr == *"--add: 302 boots in all are too many: at most 100"* ]]
	run -3 --separate-stderr "$RUN" "$BATS_FILE_TMPDIR"/x.json --add 3
	[[ $stderr == *"--add is for a run that there is: add --resume DIR"* ]]
	find run -type f -exec sha256sum {} + | sort | cmp before
}

@test "--add: with another build of a kernel it would be another arm" {
	jq '.kernels.stock.build = "stock-of-long-ago"' run/env.json >env.new && mv env.new run/env.json
	cp run/resolved.json before
	run -4 --separate-stderr "$RUN" --resume run --add 3
	[[ $stderr == *"--add: the kernel stock is not the one that the run was made with (found build "*"expected \"stock-of-long-ago\")"* ]]
	cmp run/resolved.json before
	# a sample, say: nobody knows
	rm run/env.json
	run -4 --separate-stderr "$RUN" --resume run --add 3
	[[ $stderr == *"--add: "*"/env.json does not say which kernels the run was made with"* ]]
	cmp run/resolved.json before
}
