#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What a user types: every mistake has its message and its exit code, and a run can
# be begun, broken off, gone on with and reported. No kernel and no VM is needed:
# fixtures/fake-agent stands in for what runs on the host.

bats_require_minimum_version 1.5.0

load fixtures/fake
load fixtures/until

setup() {
	fake_host "$BATS_TEST_TMPDIR"
	KIT=$VHINT_ROOT
	unset FAKE_AGENT_DO
	cd "$BATS_TEST_TMPDIR" || return
	experiment . >x.json
}

# refused CODE TEXT COMMAND...: the command fails with this code and says this
refused() {
	local code=$1 text=$2

	shift 2
	run "-$code" "$@"
	[[ $output == *"$text"* ]] || {
		echo "said: $output"
		echo "want: $text"
		return 1
	}
}

# bad FILTER TEXT: the changed experiment is refused, both by check and by run
bad() {
	experiment "$1" >bad.json
	refused 2 "$2" "$RUN" check bad.json
	refused 2 "$2" "$RUN" bad.json
	[ ! -e results ]
}

latest() {
	echo "$VHINT_RESULTS"/x/latest
}

# --- the command line ---

@test "no arguments: says what is missing, code 3" {
	refused 3 "an experiment file or a command is missing" "$RUN"
}

@test "--help names every command and the exit codes" {
	run -0 "$RUN" --help
	for word in run check list report compare schema lab costs needs agent "Exit status"; do
		[[ $output == *"$word"* ]]
	done
}

@test "each command has its own --help" {
	for command in run check list report compare schema lab costs needs; do
		run -0 "$RUN" "$command" --help
		[[ $output == "Usage: run-experiment"* ]]
	done
}

@test "--version" {
	run -0 "$RUN" --version
	[[ $output =~ ^run-experiment\ [0-9.]+$ ]]
}

@test "an unknown command: the nearest one, code 3" {
	refused 3 'no command and no file is called "chekc"; did you mean "check"?' "$RUN" chekc
}

@test "what is recorded needs its program: the package is named, before anything is made" {
	experiment '.trace = true' >bad.json
	PATH=/nonexistent refused 4 "apt-get install trace-cmd" "$RUN" bad.json
	experiment '.perf = true' >bad.json
	PATH=/nonexistent refused 4 "apt-get install linux-perf" "$RUN" bad.json
	[ ! -e results/bad/latest ]
}

# needs "WORDS" ARGUMENT...: so says the driver of this command line
needs() {
	local words=$1

	shift
	run -0 --separate-stderr "$RUN" needs -- "$@"
	echo "$*: $output; $stderr"
	[ "$output" = "$words" ] || return
	[ -z "$stderr" ]
}

@test "needs: what a command line takes beside the driver, by the rules of the command itself" {
	boot="lab guest policy"
	experiment '.where = "lab"' >lab.json
	experiment '.where = "lab" | .clock = "real" | .trace = true' >real.json
	experiment '.perf = true' >perf.json
	needs "kernel $boot" x.json			# which is of this host
	needs "kernel qemu $boot" lab.json
	needs "kernel qemu $boot" run --seed 3 lab.json --jobs 2
	needs "kernel $boot trace" real.json
	needs "kernel $boot perf" -q perf.json
	# the command line goes before the file
	needs "kernel qemu $boot" --where lab x.json
	needs "kernel $boot" lab.json --where=host
	needs "kernel $boot" lab.json --cloc real
	needs "kernel qemu $boot trace" --clock virtual real.json
	# a run that was begun knows by itself
	"$RUN" -q x.json --results begun >/dev/null
	needs "" --resume begun				# which is complete
	needs "" run --resume begun --keep-going
	needs "" report begun
	needs "" compare begun begun
	needs "kernel $boot" --resume begun --add 2
	sed -i '$d' begun/runs.ndjson
	needs "kernel $boot" --resume begun
	jq '.where = "lab" | .clock = "virtual" | .round_ns = 2000' begun/resolved.json >changed
	mv changed begun/resolved.json
	needs "kernel qemu $boot" run --resume=begun
	jq '.clock = "real" | del(.round_ns)' begun/resolved.json >changed
	mv changed begun/resolved.json
	needs "kernel $boot" --resume begun --keep-going
	# what is behind the lab's command is not the lab's
	needs "kernel qemu $boot" lab run-experiment costs --clock real
	needs "kernel qemu $boot" lab -- run-experiment --clock=real x.json
	needs "kernel $boot" lab --clock real true --clock virtual
	needs "kernel qemu lab" costs
	needs "kernel lab" costs --clock=real --kernel stock
	needs "" costs --where host
	for none in "" --help -h help --version "run --help" "x.json --help" "lab --help" \
		"costs --help" "compare a b" "check lab.json" chekc; do
		# shellcheck disable=SC2086
		needs "" $none
	done
	refused 3 "needs -- " "$RUN" needs lab.json
}

@test "needs: what is wrong with a request is told, with the code that the command would have" {
	experiment '.where = "nowhere"' >bad.json
	refused 2 'unknown place "nowhere"' "$RUN" needs -- bad.json
	refused 2 "no such file" "$RUN" needs -- nosuch.json
	refused 3 "unknown option --bogus" "$RUN" needs -- x.json --bogus
	refused 3 "an experiment file is missing" "$RUN" needs -- run
	refused 3 "no such folder" "$RUN" needs -- --resume nosuch
	refused 3 "no command given" "$RUN" needs -- lab
	refused 3 'unknown clock "reel"' "$RUN" needs -- lab --clock reel true
	refused 3 '"reel" is neither virtual nor real' "$RUN" needs -- costs --clock reel
}

@test "an unknown option, a missing value, a value too much: code 3" {
	refused 3 "unknown option --frobnicate" "$RUN" run --frobnicate x.json
	refused 3 "unknown option -z" "$RUN" run -z x.json
	refused 3 "--seed needs a value" "$RUN" run x.json --seed
	refused 3 "option --quiet=1 takes no value" "$RUN" run x.json --quiet=1
	refused 3 'unexpected argument "y.json"' "$RUN" x.json y.json
	refused 3 "an experiment file is missing" "$RUN" run
}

@test "options are checked against the same ranges as the file: code 3" {
	refused 3 '--repetitions: found "0", expected a whole number from 1 to 1000' \
		"$RUN" x.json --repetitions 0
	refused 3 '--seed: found "1x"' "$RUN" x.json --seed 1x
	refused 3 'no arm "urgnet"; did you mean "urgent"?' "$RUN" x.json --arms stock,urgnet
	refused 3 'unknown place "hots"; did you mean "host"?' "$RUN" x.json --where hots
}

@test "list: experiments, policies, workloads, metrics, each with a line" {
	run -0 "$RUN" list
	for word in exps/hackbench-2vm.json urgent hackbench run_delay_s default; do
		[[ $output == *"$word"* ]]
	done
	run -0 "$RUN" list policies
	[[ $output == *"null"* && $output != *"hackbench"* ]]
	refused 3 'did you mean "metrics"?' "$RUN" list metrcs
}

# --- the experiment file ---

@test "no such file: code 2" {
	refused 2 "nosuch.json: no such file" "$RUN" nosuch.json
	refused 2 "nosuch.json: no such file" "$RUN" check nosuch.json
	refused 2 "but a directory" "$RUN" check .
}

@test "broken JSON: line, column, the line with a caret; code 2" {
	printf '{\n  "seed": 1,,\n}\n' >broken.json
	refused 2 "broken.json:2:13: broken JSON: " "$RUN" broken.json
	[[ $output == *$'    '"  \"seed\": 1,,"$'\n'"                ^"* ]]
	printf '{ "seed": 1' >broken.json
	refused 2 "the text ends too early" "$RUN" broken.json
	printf '{} x' >broken.json
	refused 2 "broken.json:1:4: broken JSON" "$RUN" broken.json
	printf '{ // why\n}' >broken.json
	refused 2 "comments are not JSON" "$RUN" broken.json
}

@test "an unknown key: its path and the nearest known one" {
	bad '.vms[0].vcpu = 2' '$.vms[0].vcpu: unknown key; did you mean "vcpus"?'
	bad '.repetition = 2' '$.repetition: unknown key; did you mean "repetitions"?'
}

@test "a wrong type" {
	bad '.repetitions = "ten"' '$.repetitions: wrong type: found "ten" (a string), expected a whole number'
	bad '.vms = {}' '$.vms: wrong type: found {} (an object), expected an array'
	bad '.arms[1].hints = "yes"' '$.arms[1].hints: wrong type: found "yes" (a string), expected true or false'
}

@test "a value out of range" {
	bad '.repetitions = 0' '$.repetitions: out of range: found 0, expected a whole number from 1 to 1000'
	bad '.machine.cpus = 64' '$.machine.cpus: out of range: found 64'
	bad '.where = "lab" | .vms[0].memory_mib = 4000' '$.machine.memory_mib: out of range'
}

@test "an unknown policy, template, workload, kernel, metric" {
	bad '.arms[1].policy = "urgnet"' 'unknown policy "urgnet"; did you mean "urgent"?'
	bad '.vms[0].template = "defualt"' 'unknown template "defualt"; did you mean "default"?'
	bad '.workload.name = "hackbensh"' 'unknown workload "hackbensh"; did you mean "hackbench"?'
	bad '.arms[0].kernel = "stck"' 'unknown kernel "stck"; did you mean "stock"?'
	bad '.metrics = ["exit"]' 'unknown metric "exit"; did you mean "exits"?'
}

@test "bad arguments of a workload" {
	bad '.workload.args = ["--nonsense"]' '$.workload.args: hackbench: '
}

@test "more pins than CPUs, pins on CPU 0" {
	bad '.vms[0].pins = ["1", "2", "3"]' 'found 3 pins, expected one for each of the 2 vCPUs'
	bad '.vms[0].pins = ["1", "3"]' 'found "3", but the machine has CPUs 1 to 2 only'
	bad '.vms[0].pins = ["0", "1"]' 'no vCPU may run on CPU 0'
}

@test "an arm that its kernel cannot do" {
	bad '.arms[0].policy = "urgent"' 'kernel stock has no hooks for a policy'
	bad '.arms[0].hints = true' 'kernel stock cannot publish hints'
}

@test "a template that libvirt's schema rejects" {
	mkdir -p kit/vm-templates
	ln -s "$KIT"/{src,build,experiments} kit/
	sed 's/<vcpu /<vpcu /; s/<\/vcpu>/<\/vpcu>/' "$KIT"/vm-templates/default.xml \
		>kit/vm-templates/default.xml
	refused 2 "default.xml" env VHINT_ROOT="$PWD/kit" "$RUN" check x.json
	refused 2 "default.xml" env VHINT_ROOT="$PWD/kit" "$RUN" x.json
	sed '/<\/domain>/d' "$KIT"/vm-templates/default.xml >kit/vm-templates/default.xml
	refused 2 "default.xml" env VHINT_ROOT="$PWD/kit" "$RUN" check x.json
}

@test "all mistakes of a file are told at once" {
	bad '.a = 1 | .seed = "x"' '$.a: unknown key'
	bad '.a = 1 | .seed = "x"' '$.seed: wrong type'
}

@test "the committed experiments are good" {
	for file in "$KIT"/exps/*.json; do
		[ "${file##*/}" = schema.json ] || "$RUN" check "$file"
	done
}

@test "experiments/schema.json is the output of schema" {
	"$RUN" schema | diff "$KIT"/experiments/schema.json -
}

@test "the table of keys in experiments/README.md is the output of schema --markdown" {
	"$RUN" schema --markdown >want
	sed -n '/^<!-- made by: schema/,/^<!-- end/p' "$KIT"/experiments/README.md | sed '1d;$d' | diff - want
}

@test "the schema accepts the committed experiments and refuses what the driver refuses" {
	python=/usr/bin/python3	# Debian's, where the package's module is
	mkdir refused
	experiment '.vms[0].vcpu = 2' >refused/key.json
	experiment '.repetitions = "ten"' >refused/type.json
	experiment '.repetitions = 0' >refused/range.json
	experiment '.arms[1].policy = "urgnet"' >refused/policy.json
	experiment 'del(.arms)' >refused/arms.json
	experiment '.vms[0].pins = ["one"]' >refused/pins.json
	"$python" - "$KIT"/experiments refused <<-'END'
	import glob, json, jsonschema, sys
	schema = json.load(open(sys.argv[1] + "/schema.json"))
	check = jsonschema.Draft7Validator
	if hasattr(jsonschema, "Draft202012Validator"):
	    check = jsonschema.Draft202012Validator
	check.check_schema(schema)
	for name in glob.glob(sys.argv[1] + "/*.json"):
	    if not name.endswith("/schema.json"):
	        check(schema).validate(json.load(open(name)))
	for name in glob.glob(sys.argv[2] + "/*.json"):
	    if check(schema).is_valid(json.load(open(name))):
	        sys.exit(name + " is accepted")
	END
}

# --- running, with a fake agent ---

@test "a run: table and verdict on stdout, progress on stderr, a complete folder" {
	experiment '.boots = 4 | .repetitions = 8' >x.json
	run -0 --separate-stderr "$RUN" x.json
	[[ $output == *"weighted speedup (STP)"* ]]
	[[ $output == *"urgent vs stock: slowdown "*": better by -"*" % [-"*" of 4+4 boots, n=8+8)"* ]]
	[[ $output != *"[ 1/24]"* ]]
	[[ $stderr == *"boot 1/8"*"[24/24]"*"results: "* ]]
	[[ $stderr != *$'\033'* && $stderr != *$'\r'* ]]
	for file in experiment.json resolved.json env.json runs.ndjson summary.json report.md; do
		[ -s "$(latest)/$file" ]
	done
	cmp x.json "$(latest)/experiment.json"
	[[ $(readlink "$(latest)") =~ ^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$ ]]
	jq -e '.complete and .ok == 16 and .warmups_dropped == 8' "$(latest)/summary.json"
	jq -e '.command_line | index("x.json")' "$(latest)/env.json"
}

@test "on a terminal: one line that refreshes" {
	script -qec "TERM=xterm '$RUN' x.json --repetitions 1 --boots 1 >/dev/null" /dev/null >screen
	grep -q $'\r\[4/4\] ' screen
	grep -q $'\r.*urgent rep 1/1  contended .* left .*\033\[K' screen
	[ "$(tr -d '\r' <screen | grep -c 'left')" = 1 ]	# no line of its own for any of it
}

@test "--quiet: nothing but results" {
	run -0 --separate-stderr "$RUN" x.json -q --repetitions 1 --warmup 0
	[[ $stderr == "results: "* ]]
}

@test "options replace what the file says, and resolved.json knows" {
	run -0 "$RUN" x.json --repetitions 3 --boots 1 --warmup 0 --seed 9 --arms urgent
	jq -e '.repetitions == 3 and .seed == 9 and .boots == 1 and (.arms | length) == 1 and
		.baseline == "urgent" and (.plan.boots | length) == 1' "$(latest)/resolved.json"
	cmp x.json "$(latest)/experiment.json"
}

@test "few repetitions: no verdict, no percentage, and it says why" {
	run -0 --separate-stderr "$RUN" x.json --repetitions 2
	[[ $output == *"too few for an interval, and so for a verdict"* ]]
	[[ $output == *": ~, no difference is shown"* && $output != *"% [+"* ]]
}

@test "report makes the same bytes again" {
	"$RUN" -q x.json >first
	cp -r "$(latest)/" before
	rm before/*.md "$(latest)"/{summary.json,report.md}
	run -0 "$RUN" report "$(latest)"
	"$RUN" report x >second
	cmp first second
	cp "$(latest)"/report.md third.md
	rm "$(latest)"/report.md
	"$RUN" report "$(latest)" >/dev/null
	cmp third.md "$(latest)"/report.md
	cmp before/summary.json "$(latest)"/summary.json
}

@test "report of what is no run: code 3; of another schema version: code 2" {
	refused 3 "nosuch: no such folder" "$RUN" report nosuch
	refused 3 "it has no resolved.json" "$RUN" report .
	refused 3 "folder of a run is missing" "$RUN" report
	"$RUN" -q x.json >/dev/null
	jq '.schema = 2' "$(latest)"/resolved.json >other.json
	cp other.json "$(latest)"/resolved.json
	refused 2 "made by another version of the kit" "$RUN" report "$(latest)"
}

@test "results are never overwritten: code 3" {
	mkdir full && touch full/something
	refused 3 "full exists and is not empty" "$RUN" x.json --results full
	[[ $output == *"--resume full"* ]]
	[ "$(ls full)" = something ]
	refused 3 "is not a folder" "$RUN" x.json --results x.json
	run -0 "$RUN" x.json --results new/folder --repetitions 1 --boots 1
	[ -s new/folder/report.md ]
}

@test "no disk space: code 4" {
	unshare -rm true 2>/dev/null || skip "no right to mount a small file system"
	mkdir small
	refused 4 "no disk space" unshare -rm sh -c \
		'mount -t tmpfs -o size=4m none small && VHINT_RESULTS=$PWD/small exec "$RUN" x.json'
}

@test "no memory for one lab: code 4" {
	unshare -rm true 2>/dev/null || skip "no right to mount over a file"
	sed 's/^MemAvailable:.*/MemAvailable: 1048576 kB/' /proc/meminfo >meminfo
	mkdir -p kit/build/kernel/vhint kit/build/lab kit/build/qemu/bin
	touch kit/build/kernel/vhint/bzImage kit/build/lab/initrd.cpio.gz
	ln -s "$BATS_TEST_DIRNAME/fixtures/fake-qemu" kit/build/qemu/bin/qemu-system-x86_64
	refused 4 "the lab would need 1792 MiB of memory, 1024 MiB are available" \
		unshare -rm sh -c 'mount --bind meminfo /proc/meminfo &&
			VHINT_ROOT=$PWD/kit exec "$RUN" lab --memory 1024 true'
}

@test "no QEMU, an old one, no kernel: code 4, and what to do" {
	mkdir bin
	ln -s "$(command -v timeout)" "$(command -v sh)" bin/
	refused 4 "install the package qemu-system-x86" env PATH="$PWD/bin" "$RUN" \
		x.json --where lab --clock real
	printf '#!/bin/sh\necho QEMU emulator version 5.2.0\n' >bin/qemu-system-x86_64
	chmod +x bin/qemu-system-x86_64
	refused 4 '7.2 or newer, found "QEMU emulator version 5.2.0"' env PATH="$PWD/bin" "$RUN" \
		x.json --where lab --clock real
	mkdir kit
	ln -s "$KIT"/{src,experiments,vm-templates} kit/
	refused 4 'build it with `make qemu`, or use `--clock real`' env VHINT_ROOT="$PWD/kit" \
		"$RUN" x.json --where lab
	refused 4 "build it with: make kernel" env VHINT_ROOT="$PWD/kit" "$RUN" x.json --where lab \
		--clock real
	[ ! -e results/x ]
}

@test "a clock or a round that does not exist: code 3, in a file code 2" {
	refused 3 '--clock: unknown clock "virtul"; did you mean "virtual"? (known: virtual, real)' "$RUN" x.json \
		--clock virtul
	refused 3 '--round_ns: found "0", expected a whole number from 1 to 1000000' "$RUN" x.json \
		--round_ns 0
	refused 3 '--round_ns: found "1000001"' "$RUN" x.json --round_ns 1000001
	experiment '.clock = "reel"' >clock.json
	refused 2 '$.clock: unknown clock "reel"; did you mean "real"?' "$RUN" clock.json
	experiment '.round_ns = 0' >round.json
	refused 2 "$.round_ns: out of range: found 0" "$RUN" round.json
}

@test "on a host the clock is null on record" {
	run -0 "$RUN" -q x.json --clock virtual --repetitions 1 --boots 1
	jq -e '.clock == null and .round_ns == null and has("clock")' "$(latest)/env.json"
	jq -e '.clock == null and has("clock")' "$(latest)/summary.json"
	jq -e 'has("clock") or has("kit_root") | not' "$(latest)/resolved.json"
	jq -se 'all(.started_utc | test("^20..-"))' "$(latest)/machine.ndjson"
}

@test "twice at once: the second is refused and names the first, code 4" {
	FAKE_AGENT_DO=slow:0 "$RUN" -q x.json >/dev/null 2>&1 3>&- &
	pid=$!
	until_true 60 grep . "$VHINT_RESULTS/.lock"
	refused 4 "another run-experiment is running (pid $pid, experiment x)" "$RUN" x.json
	kill -INT $pid
	wait $pid || true
	run -0 "$RUN" -q x.json
}

@test "a run that fails: its reason, the rest kept, code 1" {
	FAKE_AGENT_DO=fail:3 run -1 --separate-stderr "$RUN" x.json --keep-going
	[[ $stderr == *"guest-hang: vm1 does not answer"* ]]
	[[ $output == *"failed: run 3 ("*"): guest-hang: vm1 does not answer"* ]]
	[[ $stderr == *"--resume"* ]]
	jq -e '.failed == 1 and .ok == 11 and (.complete | not)' "$(latest)/summary.json"
	# the failed run is made again, no other
	run -0 "$RUN" --resume "$(latest)"
	jq -e '.complete and .ok == 12' "$(latest)/summary.json"
	[ "$(jq -s 'map(select(.warmup | not) | .run) | group_by(.) | map(select(length > 1))[0] | length' \
		"$(latest)/runs.ndjson")" = 2 ]
}

@test "an agent that dies: the end of its output, what is complete is kept, code 1" {
	FAKE_AGENT_DO=exit:6 run -1 --separate-stderr "$RUN" x.json
	[[ $stderr == *"the agent ended with status 1"*"the fake agent gives up"* ]]
	[[ $output == *"runs are missing"* ]]
}

@test "nothing measured: no table of nothing, code 1" {
	FAKE_AGENT_DO=exit:0 run -1 --separate-stderr "$RUN" x.json
	[[ $output == *"nothing was measured: of 12 runs none is good"* ]]
	[[ $output != *"slowdown"* ]]
}

@test "the stock arm must not see hints: code 1" {
	id=$("$RUN" -q x.json >/dev/null; jq '[.plan.boots[].runs[] | select(.arm == "stock" and
		(.warmup | not))][0].id' "$(latest)/resolved.json")
	FAKE_AGENT_DO=hints:$id run -1 --separate-stderr "$RUN" x.json
	[[ $output == *"assert: the arm has hints off, but the host saw 7 of them"* ]]
}

@test "^C: says how to go on; --resume makes the rest, and the same is measured as at one go" {
	"$RUN" -q x.json --results whole >/dev/null
	FAKE_AGENT_DO=slow:9 "$RUN" x.json >out 2>err 3>&- &
	pid=$!
	until_true 60 grep '9/16' err
	kill -INT $pid
	code=0
	wait $pid || code=$?
	[ $code = 130 ]
	grep -q "interrupted by signal 2" err
	grep -q "resume with: ./run-experiment --resume $VHINT_RESULTS/x/" err
	[ ! -s out ]
	dir=$(readlink -f "$(latest)")
	done_before=$(wc -l <"$dir/runs.ndjson")
	[ "$done_before" = 9 ]
	"$RUN" -q --resume "$dir" >/dev/null
	diff <(measured whole/summary.json) <(measured "$dir/summary.json")
	# the nine were not made again, warm-ups of the open boot aside
	jq -es 'map(select(.warmup | not) | .run) | length == 12 and (unique | length) == 12' \
		"$dir/runs.ndjson"
	[ -s "$dir/env-resume1.json" ]
}

@test "kill -9 at several points, half a record: --resume ends like an uninterrupted run" {
	"$RUN" -q x.json --results whole >/dev/null
	"$RUN" -q --results killed x.json --repetitions 6 >/dev/null &&
		rm -r killed
	FAKE_AGENT_DO=pause:0.15 setsid "$RUN" -q x.json --results killed >/dev/null 2>&1 3>&- &
	for count in 2 7 11; do
		pid=$!
		until_true 60 lines $count killed runs.ndjson
		kill -9 $pid
		wait $pid || true
		sleep 0.3	# the agent notices, and goes
		printf '{"schema":1,"run":5,"bo' >>killed/runs.ndjson
		FAKE_AGENT_DO=pause:0.15 setsid "$RUN" -q --resume killed >/dev/null 2>&1 3>&- &
	done
	wait $! || true
	run -0 "$RUN" -q --resume killed
	diff <(measured whole/summary.json) <(measured killed/summary.json)
	jq -e '.complete and .ok == 12' killed/summary.json
	# the boots that were killed, three at most, are ended on file by the --resume behind each
	jq -e '[ .attempts.boots[].ended ] | index("open") == null and
		(map(select(. == "interrupted")) | length >= 1 and length <= 3)' killed/summary.json
	jq -e '[ .attempts.arms[].cut ] | add | . >= 1 and . <= 3' killed/summary.json
}

@test "a damaged line is not counted, and the report says so" {
	"$RUN" -q x.json >/dev/null
	sed -i '6s/.*/{"schema":1,"run":/' "$(latest)"/runs.ndjson
	refused 1 "runs.ndjson: 1 damaged line, the first is line 6; not counted" \
		"$RUN" report "$(latest)"
}

@test "--resume takes nothing that changes the experiment: code 3" {
	"$RUN" -q x.json >/dev/null
	refused 3 "--resume takes all else from the folder" "$RUN" x.json --resume "$(latest)"
	refused 3 "--resume takes all else from the folder" "$RUN" --resume "$(latest)" --seed 3
	refused 3 "no such folder" "$RUN" --resume nosuch
	run -0 "$RUN" -q --resume "$(latest)"
}

@test "the line of jq in results/README.md reads a run" {
	"$RUN" -q x.json >/dev/null
	line=$(sed -n "s/^    \(jq .* runs\.ndjson\)$/\1/p" "$VHINT_ROOT/results/README.md")
	cd "$(latest)"
	run -0 bash -c "$line"
	[ "${#lines[@]}" = 12 ]
	[[ ${lines[0]} =~ ^(stock|urgent)$'\t'[0-5]$'\t'0\.[0-9]+$ ]]
}
