#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Keys of the experiment that the command line sets. A fake agent stands in for the host.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup() {
	fake_host "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
	experiment . >x.json
}

# refused CODE TEXT SETTING...: says this, and makes nothing
refused() {
	local code=$1 text=$2 options=() setting

	shift 2
	for setting; do options+=(--set "$setting"); done
	run "-$code" --separate-stderr "$RUN" -q --results new "${options[@]}" x.json
	[[ $stderr == *"$text"* && -z $output && ! -e new ]] || {
		echo "said: $stderr"
		return 1
	}
}

@test "--set changes the run, is in resolved.json, and leaves the copy of the file as it was" {
	"$RUN" -q --results new x.json --set title="another title" --set vms[].vcpus=1 \
		--set 'arms[urgent].hints=false' --set 'workload.args=["-g","3"]' \
		--set repetitions=1 >out
	jq -e '.title == "another title" and .vms[0].vcpus == 1 and (.vms[0].pins | length) == 1
		and .arms[1].hints == false and .workload.args == ["-g","3"] and .boots == 1
		and (has("--set") | not)' new/resolved.json
	cmp x.json new/experiment.json
	grep -q "^x: another title" out
	jq -e '.command_line | index("vms[].vcpus=1")' new/env.json
}

@test "--set: what is wrong with it is a wrong command line, with the key and a suggestion" {
	refused 3 'unknown key "vcpus"; did you mean "vms[].vcpus"?' vcpus=1
	refused 3 'with --set: x.json: $.vms[0].vcpus: out of range: found 99' 'vms[0].vcpus=99'
	refused 3 '$.arms[1].policy: unknown policy "urgnt"; did you mean "urgent"?' 'arms[1].policy=urgnt'
	refused 3 '$.vms[0].pins: found 1 pin, expected one for each of the 2 vCPUs' 'vms[0].pins=["1"]'
	refused 3 'there is no element [7]' 'vms[7].vcpus=1'
	refused 3 '--set repetitions: found "abc", expected a whole number from 1 to 1000' repetitions=abc
	refused 3 '--set where: unknown place "hots"; did you mean "host"?' where=hots
	run -3 --separate-stderr "$RUN" --resume nowhere --set title=x
	[[ $stderr == *"--resume takes all else from the folder"* ]]
}

@test "--set: a file that is bad by itself stays a bad file; one that only lacks a key is mended" {
	experiment '.colour = "red"' >x.json
	refused 2 'x.json: $.colour: unknown key' title=x
	experiment 'del(.workload)' >x.json
	refused 2 '$.workload.name: unknown workload' workload.name=nothing
	"$RUN" -q --results new x.json --set workload.name=hackbench >out
	[ -s new/summary.json ]
}

@test "check --set: the files as run would make them with the same option" {
	"$RUN" check x.json >without
	run -0 "$RUN" check --set repetitions=2 --set vms[].vcpus=1 x.json
	[[ $output == "x.json: good: "* && $output != "$(<without)" ]]
	run -0 "$RUN" check --set title=other x.json x.json
	[ "$(grep -c "^x.json: good: " <<<"$output")" = 2 ]
	run -3 --separate-stderr "$RUN" check --set 'vms[0].vcpus=99' x.json
	[[ $stderr == *'with --set: x.json: $.vms[0].vcpus: out of range: found 99'* ]]
	run -3 --separate-stderr "$RUN" check --set repetitions=abc x.json
	[[ $stderr == *'--set repetitions: found "abc"'*"run-experiment check --help"* ]]
	run -3 --separate-stderr "$RUN" check --set title=x
	[[ $stderr == *"an experiment file is missing"* ]]
	experiment '.colour = "red"' >x.json
	run -2 "$RUN" check --set title=x x.json
}
