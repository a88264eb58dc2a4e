#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Reports from saved runs: what they say, what they warn of, and what becomes of damaged
# data, a full disk and a thousand repetitions. A fake agent stands in for the host.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup_file() {
	fake_host "$BATS_FILE_TMPDIR"
	cd "$BATS_FILE_TMPDIR" || return
	experiment '.boots = 4 | .repetitions = 8 | .baseline = "stock" | .arms = [ .arms[1],
		{ name: "off", kernel: "vhint", policy: "none", hints: false }, .arms[0] ]' >x.json
	"$RUN" -q x.json >out
	export SAVED=$VHINT_RESULTS/x/latest
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$SAVED"/ run
}

# id ARM: a measured run of the arm
id() {
	jq "[.plan.boots[].runs[] | select(.arm == \"$1\" and (.warmup | not))][1].id" \
		run/resolved.json
}

# change ARM FILTER: one of the arm's records
change() {
	jq -c "if .run == $(id "$1") then $2 else . end" run/runs.ndjson >changed
	mv changed run/runs.ndjson
}

# reported CODE TEXT: so ends the report, and says this
reported() {
	run "-$1" "$RUN" report run
	[[ $output == *"$2"* ]] || {
		echo "said: $output"
		echo "want: $2"
		return 1
	}
}

# --- what it says ---

@test "mail.txt: baseline, off, hinted side by side, 76 columns, losses beside gains" {
	grep -qE '^ +stock +off +urgent$' run/mail.txt
	grep -qE '^n +8 +8 +8$' run/mail.txt
	grep -qE '^ +~ +-[0-9]+ % better$' run/mail.txt
	grep -qE '^ +\[-[0-9.]+, \+[0-9.]+\] % +\[-[0-9.]+, -[0-9.]+\]$' run/mail.txt
	grep -q '^No difference shown, and what would have been found:$' run/mail.txt
	grep -q '^Improvements:$' run/mail.txt
	grep -q '^Regressions:$' run/mail.txt
	grep -q '^Method: slowdown: geometric mean of n runs' run/mail.txt
	grep -q '12 warm-up' <(tr -s ' \n' ' ' <run/mail.txt)
	grep -q '^Machine: .* CPUs' run/mail.txt
	[ "$(LC_ALL=C.UTF-8 awk 'length > 76' run/mail.txt)" = "" ]
	grep -qF '[mail.txt](mail.txt)' run/report.md
}

@test "a metric that got worse is told as plainly as one that got better" {
	grep -qE '^  better: slowdown -[0-9.]+ % \[.*, A=0.00\)$' "$BATS_FILE_TMPDIR"/out
	grep -qE '^  worse: nothing$' "$BATS_FILE_TMPDIR"/out
	jq '.baseline = "urgent"' run/resolved.json >other && mv other run/resolved.json
	reported 0 "  worse: slowdown +"
	[[ $output == *"stock vs urgent: slowdown "*": worse by +"* ]]
	sed -n '/^Regressions/,/^$/p' run/mail.txt | grep -qE '^- stock vs urgent: slowdown \+'
	sed -n '/^## stock against urgent/,$p' run/report.md | sed -n '/^### Worse/,/^###/p' |
		grep -qE '^- slowdown \+.*A=1.00 of runs'
}

@test "where no difference is shown: the interval all the same, and what would have been found" {
	sed -n '/^off vs stock  /,/^$/p' "$BATS_FILE_TMPDIR"/out |
		grep -qE '^slowdown .* ~ \[-[0-9.]+, \+[0-9.]+\] % .* \+[0-9.]+ % +~$'
	grep -qE '^off vs stock: slowdown .*: ~, no difference is shown \[-[0-9.]+, \+[0-9.]+\] % \(p=[0-9.]+ of 4\+4 boots, n=8\+8\); such a design finds \+[0-9.]+ % or more in 4 of 5 cases$' \
		"$BATS_FILE_TMPDIR"/out
	sed -n '/^## off against stock/,/^## /p' run/report.md | sed -n '/^### No diff/,/^##/p' |
		grep -qE '^- slowdown ~ \[-[0-9.]+, \+[0-9.]+\] % \(p=.*; finds \+[0-9.]+ %\)$'
	tr -s ' \n' ' ' <run/mail.txt | grep -qE -- '- off vs stock: slowdown ~ \[-[0-9.]+, \+[0-9.]+\] % \(p=[^)]*; finds \+'
	grep -qE '<li>slowdown ~ \[-[0-9.]+, \+[0-9.]+\] %' run/report.html
	jq -e '[.comparisons[] | select(.metric == "slowdown") | .change_interval_95, .change,
		.minimum_detectable, .p, .p_adjusted] | length == 15 and all(. != null)' run/summary.json
}

@test "nothing is said to be equivalent without a margin; with one, only by a test" {
	[[ $(<"$BATS_FILE_TMPDIR"/out) != *equivalent* ]]
	jq -e 'any(.comparisons[]; has("equivalence")) | not' run/summary.json
	jq '.equivalence_margin = 20' run/resolved.json >other && mv other run/resolved.json
	reported 0 "urgent vs stock: slowdown is not shown to be equivalent within 20 % (two one-sided tests, p="
	[[ $output == *"off vs stock: slowdown is equivalent within 20 % (two one-sided tests, p<0.0001)"* ]]
	grep -q '^- off vs stock: slowdown is equivalent within 20 %' run/report.md
	grep -q '^off vs stock: slowdown is equivalent within 20 %' run/mail.txt
	jq -e '[.comparisons[] | select(.metric == "slowdown") | .equivalence.equivalent] ==
		[false, true, false]' run/summary.json
	jq '.equivalence_margin = 0.01' run/resolved.json >other && mv other run/resolved.json
	reported 0 "off vs stock: slowdown is not shown to be equivalent within 0.01 %"
	jq '.equivalence_margin = 101' run/resolved.json >other && mv other run/resolved.json
	reported 2 "\$.equivalence_margin: out of range: found 101, expected a number from 0 to 100"
}

@test "all arms have the baseline's times alone: what slows a VM alone is not a gain" {
	edit_arm='if .arm == "urgent" then .vms[].alone_s |= (if . then . * 3 else . end) else . end'
	"$RUN" report run >before
	jq -c "$edit_arm" run/runs.ndjson >changed && mv changed run/runs.ndjson
	"$RUN" report run >after
	diff <(grep '^urgent vs stock: ' before) <(grep '^urgent vs stock: ' after)
	jq -e '[.arms[] | .metrics.alone_s.median] | .[0] > 2 * .[2]' run/summary.json
}

@test "runs that hang: their share, with Wilson's interval and Fisher's test" {
	jq -c 'if .arm == "off" and .rep < 5 and (.warmup | not) then .vms[1].contended_s = 40 else . end' \
		run/runs.ndjson >changed && mv changed run/runs.ndjson
	"$RUN" report run >/dev/null
	jq -e '.arms[1].metrics.stalled_share | .share == 0.625 and
		(.interval_95 | map(. * 1000 | round)) == [306, 863]' run/summary.json
	jq -e '[.comparisons[] | select(.metric == "stalled_share")] | map([.arm, .baseline,
		(.p_fisher * 10000 | round)]) == [["urgent", "stock", 10000], ["off", "stock", 256],
		["urgent", "off", 256]]' run/summary.json
}

@test "many arms: more tables in mail.txt, each with the baseline" {
	jq '.arms += [range(5) | { name: "more\(.)", kernel: "vhint", policy: "urgent", hints: true }]' \
		"$BATS_FILE_TMPDIR"/x.json >many.json
	"$RUN" -q many.json --results many >/dev/null
	[ "$(grep -cE '^ {15,}stock( +[a-z0-9]+)+$' many/mail.txt)" = 4 ]
	[ "$(awk 'length > 76' many/mail.txt)" = "" ]
}

@test "the machine's stolen time: a line for each run, and a note where it was much" {
	jq -es 'length == 36 and all(has("steal_share") and .schema == 1)' run/machine.ndjson
	echo "{\"schema\":1,\"run\":$(id off),\"steal_share\":0.25}" >>run/machine.ndjson
	reported 0 "note: the machine was noisy: in 1 of "
	[[ $output == *"(25 % in run $(id off))"* ]]
	jq -e '.notes | any(startswith("the machine was noisy"))' run/summary.json
	grep -q '^- Note: the machine was noisy' run/report.md
	printf '{"schema":1,"ru\nrubbish' >run/machine.ndjson
	run -0 "$RUN" report run
}

@test "the same report from the raw data alone, byte for byte, all files of it" {
	cp -r run before
	rm -r run/{plots,report.html,report.md,summary.json,mail.txt}
	"$RUN" report run >/dev/null
	diff -r before run
}

# --- damaged data ---

@test "half a line, rubbish, a line of zeros: not counted, the rest is kept" {
	head -c 40 run/runs.ndjson >half
	sed -i 's/^{.*"run":1,.*/rubbish \xff\xfe/; 3s/.*/{"schema":1}/' run/runs.ndjson
	{ head -c 64 /dev/zero; echo; cat half; } >>run/runs.ndjson
	reported 1 "damaged lines, the first is line "
	[[ $output == *"--resume makes them"* ]]
	jq -e '(.complete | not) and .ok >= 16' run/summary.json
}

@test "a whole record that cannot be right is a failed run, with its reason" {
	change stock '.vms[1].contended_s = null'
	change off '.arm = "urgent"'
	change urgent '.vms = "none"'
	reported 1 "damaged: the record has no contended_s of vm2"
	[[ $output == *"damaged: the record is of arm urgent, the plan has off there"* ]]
	[[ $output == *"damaged: the record has no contended_s of vm1"* ]]
	jq -e '.failed == 3 and .ok == 21' run/summary.json
}

# once, a value that does not equal itself was ranked for ever
@test "numbers that are not finite are missing; those near the end of the range end the report, too" {
	local key value

	for value in Infinity NaN 1e400 1e308; do
		for key in contended_s exits; do
			cp "$SAVED"/runs.ndjson run/
			sed -Ei "/\"arm\":\"urgent\"/s/\"$key\":[^,}]+/\"$key\":$value/g" run/runs.ndjson
			run timeout 30 "$RUN" report run
			echo "$key $value: $status"
			((status <= 1))
			jq -e . run/summary.json >/dev/null
			[[ $value = 1e308 || $output != *[-+[\ ]inf* ]]
			[[ $value = 1e308 || $output != *[-+[\ ]nan* ]]
		done
	done
	# the mean of two is beyond the range
	sed -Ei '/"arm":"urgent"/s/"contended_s":[^,}]+/"contended_s":1.7e308/g' run/runs.ndjson
	"$RUN" report run >/dev/null || true
	jq -e '.arms[] | select(.name == "urgent") | .ok == 8 and .metrics.contended_s.n == 0' run/summary.json
	sed -Ei '/"arm":"off"/s/"exits":[^,}]+/"exits":1e400/g' run/runs.ndjson
	"$RUN" report run >/dev/null || true
	jq -e '.arms[1].metrics.exits.n == 0' run/summary.json
	sed -Ei '/"arm":"off"/s/"contended_s":[^,}]+/"contended_s":Infinity/g' run/runs.ndjson
	reported 1 "damaged: the record has no contended_s of vm1"
}

@test "records of another schema version are told apart from damage" {
	sed -i 's/"schema":1/"schema":2/' run/runs.ndjson
	reported 1 "36 lines of schema 2, expected 1, the first is line 1; not counted"
	[[ $output == *"nothing was measured"* ]]
}

@test "records of another experiment" {
	sed -i '3s/"run":[0-9]*/"run":9000/' run/runs.ndjson
	reported 1 "1 record of runs that the plan does not have"
}

@test "no raw data, a broken plan: code 2, and what is wrong" {
	mv run/runs.ndjson gone
	reported 2 "run/runs.ndjson: no such file"
	mv gone run/runs.ndjson
	head -c 200 run/resolved.json >half && cp half run/resolved.json
	reported 2 "resolved.json:"
	[[ $output == *"broken JSON: the text ends too early"* ]]
	jq '.schema = 7' "$SAVED"/resolved.json >run/resolved.json
	reported 2 "resolved.json: \$.schema: found 7, expected 1"
}

# --- a full disk ---

# kept: every file of the report is as it was, nothing half-written is left
kept() {
	local file

	for file in summary.json mail.txt report.md report.html; do
		cmp "$1/$file" "$SAVED/$file"
	done
	[ -z "$(find "$1" -name '*.tmp')" ]
}

@test "a file that cannot be written to its end: code 4, the old one is kept whole" {
	run -4 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 2; "$RUN" report run'
	[[ $stderr == *"summary.json: cannot write: File too large"* ]]
	# the numbers are worth seeing nonetheless
	[[ $output == *"urgent vs stock: slowdown"* ]]
	kept run
}

@test "a full disk: code 4, what to do, the old report is kept; with room it is made" {
	unshare -rm true 2>/dev/null || skip "no right to mount a small file system"
	export -f kept
	mkdir small
	# shellcheck disable=SC2016
	unshare -rm bash -ec '
		mount -t tmpfs -o size=4m none small
		cp -r run small/
		dd if=/dev/zero of=small/ballast bs=4k 2>/dev/null || true
		code=0
		"$RUN" report small/run >out 2>err || code=$?
		cat err
		[ $code = 4 ]
		grep -q "cannot write: No space left on device" err
		grep -q "free some space" err
		grep -q "urgent vs stock: slowdown" out
		kept small/run
		rm small/ballast
		"$RUN" report small/run >out
		kept small/run'
}

# --- much data ---

# A quiet machine takes 2 s of CPU; the limit leaves room for one that is busy.
@test "1,000 repetitions are reported within seconds" {
	FAKE_AGENT_DO=exit:0 run -1 "$RUN" -q "$BATS_FILE_TMPDIR"/x.json --repetitions 1000 --results big
	jq -c '(.arms | map({ (.name): .hints }) | add) as $hints | .plan.boots | to_entries[] |
		.key as $boot | .value.runs[] | (3 + (.id * 7919 % 1000) / 1000) as $t |
		{ schema: 1, run: .id, boot: $boot, arm, rep, warmup, ok: true, vms: [
			{ name: "vm1", alone_s: (1 + .id % 7 / 100), contended_s: $t },
			{ name: "vm2", alone_s: null, contended_s: ($t + 0.1) }],
		metrics: { run_delay_s: ($t / 9), exits: (.id * 31 % 5000),
			hints_seen: (if $hints[.arm] then 5 else null end) } }' \
		big/resolved.json >big/runs.ndjson
	run -0 timeout 30 "$RUN" report big
	jq -e '.complete and .ok == 3000' big/summary.json
}
