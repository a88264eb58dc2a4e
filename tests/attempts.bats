#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What failed, what was made again, what was broken off: it stays on file, and the report says what
# it chose. A fake agent stands in for the host.

bats_require_minimum_version 1.5.0

load fixtures/fake
load fixtures/until

setup() {
	fake_host "$BATS_TEST_TMPDIR"
	unset FAKE_AGENT_DO
	cd "$BATS_TEST_TMPDIR" || return
	experiment . >x.json
}

latest() {
	echo "$VHINT_RESULTS"/x/latest
}

@test "a run that failed and was made again leaves a trace, in all forms of the report" {
	urgent=$(jq '[.plan.boots[].runs[] | select(.arm == "urgent")]' \
		<("$RUN" -q x.json >/dev/null; cat "$(latest)/resolved.json"))
	warmup=$(jq '[.[] | select(.warmup)][0].id' <<<"$urgent")
	bad=$(jq -r '[.[] | select(.warmup | not)][0:3][].id' <<<"$urgent")
	# shellcheck disable=SC2086	# a word a run
	FAKE_AGENT_DO="fail:$warmup $(printf 'fail:%d ' $bad)" run -1 "$RUN" -q x.json --keep-going
	[[ $output == *"3 of 12 runs failed"* ]]
	run -0 --separate-stderr "$RUN" -q --resume "$(latest)"
	note="3 runs failed at first and were made again: stock 0, urgent 3; the last good attempt at a run counts"
	warmups="1 attempt at runs that do not count (warm-ups, recordings) failed: stock 0, urgent 1"
	[[ $output == *"note: $note"* && $output == *"note: $warmups"* ]]
	cd "$(latest)"
	tr -s ' \n' ' ' <mail.txt | grep -qF "Note: $note"
	grep -qF -- "- Note: $note" report.md
	grep -qF "$note" report.html
	jq -e --arg note "$note" '.complete and .ok == 12 and .failed == 0 and (.notes | index($note))' \
		summary.json
	# by arm, by boot, and run by run: what was tried, and which attempt counts
	jq -e '.attempts.rule == "the last good attempt at a run counts, or else the last"' summary.json
	jq -e '[ .attempts.arms[] | [ .name, .failed, .made_again, .warmups_failed ] ] ==
		[ ["stock", 0, 0, 0], ["urgent", 4, 3, 1] ]' summary.json
	jq -e '([ .attempts.boots[].attempts.urgent.failed ] | add) == 4 and
		([ .attempts.boots[].attempts.stock.failed ] | add) == 0 and
		([ .attempts.boots[] | .attempts[] | .good + .failed ] | add) == .attempts.made' summary.json
	jq -e --argjson run "${bad%%$'\n'*}" '.attempts.runs[] | select(.run == $run) | .attempts |
		map([ .attempt, .instance, .end, .counts, .kind ]) ==
		[ [1, 1, "failed", false, "guest-hang"], [2, 2, "good", true, null] ]' summary.json
	grep -q "^- run ${bad%%$'\n'*}, urgent, repetition 1: attempt 1 (boot[0-9]*) failed (guest-hang); attempt 2 (boot[0-9]*-2) counts$" report.md
	# no line was taken back
	[ "$(jq -s 'map(select(.ok | not)) | length' runs.ndjson)" = 4 ]
	[ "$(jq -s '[ group_by(.run)[] | [ .[].attempt ] | . == [range(1; length + 1)] ] | all' runs.ndjson)" = true ]
}

@test "an arm whose runs fail more often than another's is a finding" {
	experiment '.repetitions = 8 | .boots = 1 | .warmup = 0' >x.json
	"$RUN" -q x.json >/dev/null
	bad=$(jq -r '[.plan.boots[].runs[] | select(.arm == "urgent")][].id' "$(latest)/resolved.json")
	# shellcheck disable=SC2086	# a word a run
	FAKE_AGENT_DO="$(printf 'fail:%d ' $bad)" run -1 "$RUN" -q x.json --keep-going
	[[ $output == *"note: urgent fails more often than stock: 8 of 8 attempts against 0 of 8 (Fisher's exact test, p=0.0002)"* ]]
	# that all went well later does not take it away
	run -0 "$RUN" -q --resume "$(latest)"
	[[ $output == *"note: urgent fails more often than stock: 8 of 16 attempts against 0 of 8 (Fisher's exact test, p=0.022)"* ]]
	jq -e '.attempts.comparisons | map([ .arm, .baseline, (.p_fisher * 1e4 | round) ]) ==
		[ ["urgent", "stock", 222] ]' "$(latest)/summary.json"
}

@test "a boot that dies after a run has failed is lost with the run that was under way" {
	FAKE_AGENT_DO="fail:5 exit:6" run -1 "$RUN" -q x.json
	jq -es 'map(select(.event == "end" and .boot == 1) | [ .ended, .kind, .run ]) ==
		[ ["lost", "agent", 6] ]' "$(latest)/boots.ndjson"
	FAKE_AGENT_DO="fail:2" run -1 "$RUN" -q x.json --keep-going
	jq -es 'map(select(.event == "end") | .ended) == ["failed", "done", "done", "done"]' \
		"$(latest)/boots.ndjson"
}

@test "--resume of a boot that was broken off: what is left of it comes of another boot, and it is said" {
	FAKE_AGENT_DO=slow:6 "$RUN" -q x.json >/dev/null 2>&1 3>&- &
	pid=$!
	until_true 60 lines 2 "$(latest)" runs-boot1.ndjson
	kill -INT $pid
	wait $pid || true
	run -0 --separate-stderr "$RUN" --resume "$(latest)"
	[[ $stderr == *"boot 2 of 4 is begun for the 2nd time: its runs are compared apart from those of the boots before it"* ]]
	[[ $output == *"note: 1 boot was made for what earlier ones had left (boot1-2): it is a boot of its own, and runs are compared within each"* ]]
	cd "$(latest)"
	# boot 1 twice, the others once; each record says of which it is
	jq -es 'map(select(.event == "begin") | [ .boot, .instance, .runs ]) == [ [0, 1, [0, 1, 2, 3]],
		[1, 1, [4, 5, 6, 7]], [1, 2, [4, 6, 7]], [2, 1, [8, 9, 10, 11]], [3, 1, [12, 13, 14, 15]] ]' boots.ndjson
	jq -es 'map(select(.event == "end") | [ .boot, .instance, .ended, .run, .attempt ]) == [
		[0, 1, "done", null, null], [1, 1, "interrupted", 6, 1], [1, 2, "done", null, null],
		[2, 1, "done", null, null], [3, 1, "done", null, null] ]' boots.ndjson
	jq -es 'map(select(.boot == 1) | [ .run, .instance, .attempt ]) ==
		[ [4, 1, 1], [5, 1, 1], [4, 2, 2], [6, 2, 2], [7, 2, 1] ]' runs.ndjson
	[ -s console-boot1.log ] && [ -s console-boot1-2.log ]
	grep -q '^| boot1-2 | ' report.md
	# nobody is to blame for ^C
	jq -e '[ .attempts.arms[].failed ] == [0, 0]' summary.json
	jq -e '.attempts.boots | map(select(.boot == 1) | [ .instance, .ended ]) ==
		[ [1, "interrupted"], [2, "done"] ]' summary.json
}

@test "folders from before boots were on file are reported and gone on with" {
	"$RUN" -q x.json --results old >/dev/null
	rm old/boots.ndjson
	jq -c 'select(.run != 5) | del(.instance, .attempt)' old/runs.ndjson >changed
	mv changed old/runs.ndjson
	run -1 "$RUN" report old
	[[ $output == *"1 of 12 runs are missing"* && $output != *"attempt"* ]]
	run -0 "$RUN" -q --resume old
	[[ $output == *"1 boot was made for what earlier ones had left (boot1-2)"* ]]
	[ "$(jq -c 'select(.run == 5) | [ .instance, .attempt ]' old/runs.ndjson)" = "[2,1]" ]
	cp -r "$VHINT_ROOT/results/sample/ipi-2vm" sample
	run -0 "$RUN" report sample
	[[ $output != *attempt* ]]
	jq -e '.attempts | .made == 42 and .runs == [] and ([ .boots[].ended ] | all(. == null))' \
		sample/summary.json
}
