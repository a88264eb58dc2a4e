#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What other programs take from a run: its raw data as CSV, and an exit status that knows
# "worse". A fake agent stands in for the host.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup_file() {
	fake_host "$BATS_FILE_TMPDIR"
	cd "$BATS_FILE_TMPDIR" || return
	# the fake's hinted arm is the faster one: against it, the other is worse
	experiment '.boots = 2 | .repetitions = 8 | .baseline = "urgent" | .arms = [ .arms[1],
		{ name: "off", kernel: "vhint", policy: "none", hints: false } ]' >x.json
	"$RUN" -q x.json >out
	export SAVED=$VHINT_RESULTS/x/latest
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$SAVED"/ run
}

# --- CSV ---

@test "report --csv: read back by Python's csv, it is what runs.ndjson says" {
	"$RUN" report --csv run >values.csv
	python3 - <<-'EOF'
		import csv, json
		rows = list(csv.DictReader(open("values.csv", newline="")))
		records = [json.loads(line) for line in open("run/runs.ndjson")]
		assert len(records) == 20
		for rec in records:
		    mine = [r for r in rows if int(r["run"]) == rec["run"]]
		    for vm in rec["vms"]:
		        for key in "alone_s", "contended_s":
		            [r] = [r for r in mine if (r["vm"], r["metric"]) == (vm["name"], key)]
		            assert r["unit"] == "s"
		            assert r["value"] == ("" if vm[key] is None else "%g" % vm[key]), r
		    [r] = [r for r in mine if r["metric"] == "exits"]
		    assert r["vm"] == "" and int(r["value"]) == rec["metrics"]["exits"]
		    assert all(r["arm"] == rec["arm"] and int(r["boot"]) == rec["boot"] for r in mine)
		    assert all(r["warmup"] == str(rec["warmup"]).upper() for r in mine)
		    assert all(r["counts"] == str(not rec["warmup"]).upper() for r in mine)
		assert None not in rows[0] and len({len(r) for r in rows}) == 1
	EOF
}

@test "report --csv writes nothing, and R reads it too" {
	find run -type f -exec sha256sum {} + | sort >before
	"$RUN" report --csv run >values.csv
	find run -type f -exec sha256sum {} + | sort | cmp before
	awk -F, 'NR > 1 && $15 == "TRUE" && $18 == "exits" { n++ } END { exit n != 16 }' values.csv
	cat >read.R <<-'EOF'
		d <- read.csv("values.csv")
		e <- subset(d, counts & metric == "exits")
		cat(class(d$value), class(d$counts), tapply(e$value, e$arm, length))
	EOF
	run -0 Rscript read.R
	[ "$output" = "numeric logical 8 8" ]
}

@test "report --csv: a name with a comma and quotes is one field; a failed run is there" {
	jq -c 'if .run == 3 then .ok = false | .error_kind = "odd, \"very\"" else . end' \
		run/runs.ndjson >changed && mv changed run/runs.ndjson
	run -1 --separate-stderr "$RUN" report --csv run
	python3 -c '
import csv, sys
rows = [r for r in csv.DictReader(sys.stdin) if r["run"] == "3"]
assert len(rows) > 10 and all(r["error_kind"] == "odd, \"very\"" for r in rows)
assert all(r["counts"] == "FALSE" for r in rows)' <<<"$output"
}

# --- a condition on the report ---

@test "--fail-if: what is worse is a failure, and the sentence has its interval" {
	run -1 --separate-stderr "$RUN" report --fail-if worse:contended_s run
	[[ $stderr == *"--fail-if worse:contended_s: off vs urgent: "*": worse by +"*" % [+"* ]]
	[[ $output == *"off"*"urgent"* ]]
	run -1 --separate-stderr "$RUN" report --fail-if worse:any run
	[[ $stderr == *"--fail-if worse:any: off vs urgent: "* ]]
	run -0 --separate-stderr "$RUN" report --fail-if worse:alone_s run
	[[ -z $stderr ]]
	jq '.baseline = "off"' run/resolved.json >other && mv other run/resolved.json
	run -0 --separate-stderr "$RUN" report --fail-if worse:contended_s --fail-if worse:any run
	[[ -z $stderr ]]
}

@test "--fail-if with a run: told before anything is measured, judged behind the report" {
	run -3 --separate-stderr "$RUN" -q --fail-if worse:contended --results new "$BATS_FILE_TMPDIR"/x.json
	[[ $stderr == *"has no metric \"contended\"; did you mean \"contended_s\"?"* && ! -e new ]]
	run -3 --separate-stderr "$RUN" -q --fail-if slower:contended_s x.json
	[[ $stderr == *"found \"slower:contended_s\", expected worse:METRIC"* ]]
	run -1 --separate-stderr "$RUN" -q --fail-if worse:contended_s --results new "$BATS_FILE_TMPDIR"/x.json
	[[ $stderr == *"--fail-if worse:contended_s: off vs urgent: "*"results: "* ]]
	[[ $stderr != *"--resume"* && -s new/summary.json ]]
}

@test "--fail-if of what so few runs can never show is a failure, not a pass" {
	run -1 --separate-stderr "$RUN" -q --repetitions 3 --fail-if worse:any --results few \
		"$BATS_FILE_TMPDIR"/x.json
	[[ $stderr == *"--fail-if worse:any: no comparison could have shown it: make at least 6 "* ]]
}

# --- how long it takes ---

@test "check estimates: from a finished run that is alike, else from constants, on a host not at all" {
	cd "$BATS_FILE_TMPDIR"
	run -0 "$RUN" check x.json
	[[ $output == *" runs in 2 boots (host)"*"about 1 s, since run $(basename "$(realpath "$SAVED")") took about 1 s (20 runs in 2 boots, 1 at a time)" ]]
	# other work, and a run that is not complete, tell nothing
	jq '.workload.args = ["-g", "2"]' x.json >"$BATS_TEST_TMPDIR"/x.json
	run -0 "$RUN" check "$BATS_TEST_TMPDIR"/x.json
	[[ $output == *"how long it takes is not known"* ]]
	cp -r "$VHINT_RESULTS" "$BATS_TEST_TMPDIR"/mine
	sed -i 's/"complete": *true/"complete":false/' "$BATS_TEST_TMPDIR"/mine/x/2*/summary.json
	VHINT_RESULTS=$BATS_TEST_TMPDIR/mine run -0 "$RUN" check x.json
	[[ $output == *"how long it takes is not known"* ]]
	jq '.where = "lab"' x.json >"$BATS_TEST_TMPDIR"/x.json
	run -0 taskset -c 0 "$RUN" check "$BATS_TEST_TMPDIR"/x.json
	[[ $output == *"about 7 min with 1 boot at a time: 45 s a boot and 15 s a run, as measured on a machine of 2 cores"* ]]
}

# --- the host ---

@test "governor, SMT and turbo of a host are noted in its report, once, and not of a lab" {
	for env in env.json env-resume1.json; do
		jq '.machine += { governor: "powersave", smt: "1", turbo: "on" }' \
			"$SAVED"/env.json >run/$env
	done
	run -0 "$RUN" report run
	[ "$(grep -c '^note: the host.s frequency governor is "powersave": ' <<<"$output")" = 1 ]
	[ "$(grep -c '^note: SMT is on: .* echo off >/sys/' <<<"$output")" = 1 ]
	[ "$(grep -c '^note: turbo is on: ' <<<"$output")" = 1 ]
	jq -e '.notes | map(select(startswith("SMT is on"))) | length == 1' run/summary.json
	jq '.machine.governor = "performance" | .machine.turbo = "off"' run/env.json >env.new
	cp env.new run/env.json && mv env.new run/env-resume1.json
	run -0 "$RUN" report run
	[[ $output == *"SMT is on"* && $output != *"governor is"* && $output != *"turbo is"* ]]
	jq '.where = "lab"' run/resolved.json >lab && mv lab run/resolved.json
	run -0 "$RUN" report run
	[[ $output != *"SMT is on"* ]]
}

@test "--fail-if of what no adjusted p can show is a failure; equal values are none" {
	# 4 boots of each kernel: p is 0.029 at least, and much more once it is adjusted
	experiment '.boots = 4 | .baseline = "urgent"' >two.json
	run -1 --separate-stderr "$RUN" -q --fail-if worse:run_delay_s --results two two.json
	[[ $stderr == *"--fail-if worse:run_delay_s: no comparison could have shown it: "* ]]
	run -1 --separate-stderr "$RUN" report --fail-if worse:slowdown two
	[[ $stderr == *"--fail-if worse:slowdown: stock vs urgent: "*": worse by +"* ]]
	[[ $stderr != *"can show no difference"* ]]
	jq -c '.metrics.exits = 5' run/runs.ndjson >equal && mv equal run/runs.ndjson
	run -0 --separate-stderr "$RUN" report --fail-if worse:exits run
	[ -z "$stderr" ]
}

# off and urgent share boots, and could show one; against stock, p is of 4 boots and adjusted
@test "--fail-if of what one pair with the baseline cannot show is a failure, and says which" {
	cp -r "$VHINT_ROOT"/results/sample/hackbench-2vm two
	jq -c 'if .arm == "stock" then .metrics.run_delay_s /= 100 else . end' two/runs.ndjson >less
	mv less two/runs.ndjson
	run -1 --separate-stderr "$RUN" report --fail-if worse:run_delay_s two
	[[ $stderr == *"--fail-if worse:run_delay_s: off vs stock can show no difference (4+4 boots, p adjusted for "*" metrics)"* ]]
	[[ $stderr == *"--fail-if worse:run_delay_s: urgent vs stock can show no difference (4+4 boots, "* ]]
	[[ $stderr != *"urgent vs off can show"* && $stderr != *"no comparison could"* ]]
	# the first metric is not adjusted, and so 4 boots are enough
	run --separate-stderr "$RUN" report --fail-if worse:slowdown two
	[[ $stderr != *"can show no"* ]]
	run --separate-stderr "$RUN" report --fail-if worse:any two
	[[ $stderr != *"can show no"* ]]
}
