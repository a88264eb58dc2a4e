#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Boots side by side: that results do not depend on how many there are, and what becomes
# of the others when one fails or the user has had enough. No kernel and no VM is needed:
# fixtures/fake-qemu stands in for the lab, fixtures/fake-agent for what runs in it.

bats_require_minimum_version 1.5.0

load fixtures/fake
load fixtures/until

setup() {
	fake_host "$BATS_TEST_TMPDIR"
	unset FAKE_AGENT_DO FAKE_QEMU_DO
	cd "$BATS_TEST_TMPDIR" || return
	fake_lab
	# 2 boots of each kernel, 4 in all, with 4 runs each: 0-3, 4-7, 8-11, 12-15
	experiment '.where = "lab" | .machine = { memory_mib: 1024 } | .vms[0].memory_mib = 192' >x.json
}

# A kit whose kernels nobody boots, and an emulator that boots none
fake_lab() {
	mkdir -p kit/build/kernel/{stock,vhint} kit/build/lab kit/build/qemu/bin
	ln -s "$VHINT_ROOT"/{src,experiments,vm-templates} kit/
	touch kit/build/kernel/{stock,vhint}/bzImage kit/build/lab/initrd.cpio.gz
	ln -s "$BATS_TEST_DIRNAME/fixtures/fake-qemu" kit/build/qemu/bin/qemu-system-x86_64
	export VHINT_ROOT=$PWD/kit
}

# what DIR: of each record what the plan decides, in the order of the file
what() {
	jq -c '[ .run, .boot, .arm, .rep, .warmup, .ok ]' "$1/runs.ndjson"
}

# ends DIR: of each boot that was made its number, instance, how it ended, what it was lost to, and
# the run that was under way
ends() {
	jq -rs '(map(select(.event == "end") | { "\(.boot) \(.instance)": . }) | add // {}) as $over |
		map(select(.event == "begin") | "\(.boot) \(.instance)") | sort[] |
		"\(.) \($over[.] | "\(.ended // "-") \(.kind // "-") \(.run // "-")")"' "$1/boots.ndjson"
}

under_way() {
	jq -r "select(.event == \"end\" and .boot == $2) | .run // \"-\"" "$1/boots.ndjson"
}

ids() {
	jq .run "$1/runs.ndjson" | xargs
}

# complete NUMBER DIR: so many runs are on record
complete() {
	[ "$(wc -l <"$2/runs.ndjson")" = "$1" ]
}

nothing_left() {
	no_machine "$BATS_TEST_TMPDIR" &&
		! compgen -G "$1/.lab*" && ! compgen -G "$1/runs-boot*"
}

@test "--jobs must be a number from 1 on: code 3, before anything is made" {
	for bad in 0 -1 two 2x ''; do
		run -3 "$RUN" x.json --jobs "$bad"
		[[ $output == *"--jobs: found \"$bad\", expected a whole number from 1 to 64"* ]]
	done
	run -3 "$RUN" x.json --jobs
	[[ $output == *"--jobs needs a value"* ]]
	[ ! -e results/x ]
}

@test "on this host boots come one by one: --jobs 2 is refused, code 3" {
	run -3 "$RUN" x.json --where host --jobs 2
	[[ $output == *"--jobs 2: boots on this host come one after the other"* ]]
	[ ! -e results/x ]
	run -0 "$RUN" -q x.json --where host --jobs 1
	jq -e '.jobs == 1' results/x/latest/env.json
}

@test "with the real clock boots come one by one, too" {
	run -3 "$RUN" x.json --clock real --jobs 2
	[[ $output == *"--jobs 2: with the real clock, boots side by side would disturb"* ]]
	[ ! -e results/x ]
}

@test "the same records in the same order, and the same report, for 1, 2 and 4 jobs" {
	for n in 1 2 4; do
		"$RUN" -q x.json --jobs $n --results "$n" >"$n.out"
		jq -e ".jobs == $n" "$n/env.json"
		what "$n" >"$n.what"
		nothing_left "$n"
	done
	[ "$(wc -l <1.what)" = 16 ]
	cmp 1.what 2.what
	cmp 1.what 4.what
	cmp 1/runs.ndjson 4/runs.ndjson
	cmp 1.out 2.out
	cmp 1/summary.json 4/summary.json
	jq -e '[ .[0] ] == [ 0 ]' <(head -n 1 1.what)
}

@test "by default as many as cores; the second begins before the first has ended" {
	FAKE_AGENT_DO=pause:0.3 taskset -c 0 "$RUN" -q x.json --results one >/dev/null
	jq -e '.jobs == 1' one/env.json
	[ "$(nproc)" -gt 1 ] || skip "one core"
	FAKE_AGENT_DO=pause:0.3 run -0 --separate-stderr "$RUN" x.json
	jq -e '.jobs > 1 and .jobs <= 4' results/x/latest/env.json
	[[ $stderr == *"boot 1/4 ("*"): starting"*"boot 2/4 ("*"): starting"*"[ 1/16]"* ]]
	[[ $stderr == *"] boot 1/4: "*" warm-up: 00:"*", left "* ]]
	[[ $stderr == *"] boot 4/4: "* && $stderr == *"[16/16] boot "* ]]
}

@test "on a terminal: a line for all, and one for each boot that runs" {
	FAKE_AGENT_DO=pause:0.2 script -qec \
		"stty cols 100; TERM=xterm '$RUN' x.json --jobs 2 >/dev/null" /dev/null >screen
	tr -d '\r' <screen | grep -q '^\[ [0-9]/16\] left '
	tr -d '\r' <screen | grep -q '^  boot 1/4 (.*rep 1/6  contended .*\[K$'
	grep -q $'\033\[2A' screen
}

@test "a boot that fails ends the others, begins none, and keeps what is complete: code 1" {
	# boot 1 would stay at its third run for ever; boot 2 gives up at its third
	FAKE_AGENT_DO="slow:2 exit:6" run -1 --separate-stderr "$RUN" -q x.json --jobs 2 --results two
	[[ $stderr == *"boot 1 was ended, too: --keep-going would let it go on"* ]]
	[[ $stderr == *"boot 2 of 4 (kernel "*"): the agent ended with status 1"* ]]
	[[ $stderr == *"resume with: ./run-experiment --resume "* ]]
	nothing_left two
	[[ $(ids two) =~ ^(0 )?(1 )?4\ 5$ ]]	# boot 1 may not have come far
	[ "$(ends two)" = "0 1 ended - $(under_way two 0)
1 1 lost agent 6" ]
	"$RUN" -q --resume two --jobs 2 >/dev/null
	"$RUN" -q x.json --results whole >/dev/null
	diff <(measured whole/summary.json) <(measured two/summary.json)
	jq -e '[ .notes[] | select(startswith("1 boot was lost: boot1 (its agent died")) ] | length == 1' \
		two/summary.json
}

@test "--keep-going: the others are made to their end" {
	FAKE_AGENT_DO=exit:5 run -1 --separate-stderr "$RUN" -q x.json --jobs 2 --keep-going
	[[ $stderr == *"boot 2 of 4 "*"the agent ended with status 1"* ]]
	[ "$(ids results/x/latest)" = "0 1 2 3 4 8 9 10 11 12 13 14 15" ]
	[ "$(ends results/x/latest)" = "0 1 done - -
1 1 lost agent 5
2 1 done - -
3 1 done - -" ]
	"$RUN" -q --resume results/x/latest >/dev/null
	# a boot that is complete is not begun again
	(cd results/x/latest && [ "$(echo console-boot*.log)" = \
		"console-boot0.log console-boot1-2.log console-boot1.log console-boot2.log console-boot3.log" ])
}

@test "boots that fail at once: the reason of each is told, and on file" {
	FAKE_AGENT_DO="exit:1 exit:6 exit:13" run -1 --separate-stderr "$RUN" -q x.json --jobs 4 --keep-going
	for boot in 1 2 4; do
		[ "$(grep -c "boot $boot of 4 (kernel .*): the agent ended with status 1" <<<"$stderr")" -ge 1 ]
	done
	[[ $stderr == *"3 boots failed; the first was: boot "* ]]
	[ "$(ends results/x/latest | cut -d ' ' -f 1,3-)" = "0 lost agent 1
1 lost agent 6
2 done - -
3 lost agent 13" ]
	jq -e '[ .attempts.arms[].lost ] | add == 3' results/x/latest/summary.json
	# without --keep-going as well, if they do before the first has ended the others
	mkfifo gate
	FAKE_AGENT_GATE=$PWD/gate FAKE_AGENT_DO="gate:1 gate:6 exit:1 exit:6" \
		"$RUN" -q x.json --jobs 2 --results two 2>err >/dev/null 3>&- &
	pid=$!
	until_true 60 lines 3 two 'runs-boot*.ndjson'
	kill -STOP $pid
	exec 8<>gate	# open, for who comes there later, too
	until_true 30 no_machine "$BATS_TEST_TMPDIR"
	exec 8>&-
	kill -CONT $pid
	wait $pid || true
	grep -q "boot 1 of 4 (kernel .*): the agent ended with status 1" err
	grep -q "boot 2 of 4 (kernel .*): the agent ended with status 1" err
}

@test "^C ends all labs; --resume makes the rest, and the same is measured as at one go" {
	"$RUN" -q x.json --results whole >/dev/null
	FAKE_AGENT_DO="slow:3 slow:6" env --default-signal=INT \
		"$RUN" x.json --jobs 2 --results cut >out 2>err 3>&- &
	pid=$!
	until_true 60 grep ' 5/16' err
	kill -INT $pid
	code=0
	wait $pid || code=$?
	[ $code = 130 ]
	grep -q "interrupted by signal 2" err
	grep -q "resume with: ./run-experiment --resume " err
	[ ! -s out ]
	nothing_left cut
	[ "$(wc -l <cut/runs.ndjson)" = 5 ]
	[ "$(ends cut)" = "0 1 interrupted - 3
1 1 interrupted - 6" ]
	"$RUN" -q --resume cut --jobs 3 >/dev/null
	diff <(measured whole/summary.json) <(measured cut/summary.json)
	# what the user breaks off says nothing of an arm
	jq -e '[ .attempts.arms[].failed ] == [ 0, 0 ] and ([ .attempts.arms[].cut ] | add) == 2' \
		cut/summary.json
}

@test "a lab that had to learn begins again, once: the same records, one console" {
	"$RUN" -q x.json --results plain >whole
	FAKE_QEMU_DO=again run -0 --separate-stderr timeout -k 5 60 "$RUN" x.json --results again --jobs 2
	[ "$output" = "$(<whole)" ]
	cmp plain/runs.ndjson again/runs.ndjson
	nothing_left again
	[ "$(jq -c 'select(.event == "end").again' plain/boots.ndjson again/boots.ndjson | xargs)" = \
		"false false false false true true true true" ]
	for boot in 0 1 2 3; do
		grep -q '^lab_again=1' "plain/console-boot$boot.log"
		# of the second machine alone, which may not ask once more
		[ "$(grep '^lab_again=' "again/console-boot$boot.log")" = lab_again=2 ]
	done
}

@test "a lab that had to learn, and whose kernel died then, is a lost boot" {
	FAKE_QEMU_DO=again-panic run -1 --separate-stderr timeout -k 5 20 "$RUN" -q x.json --jobs 1
	[[ $stderr == *"boot 1 of 4 "*"kernel died"*"Fatal exception"* ]]
	nothing_left results/x/latest
}

@test "where what libvirt learns cannot be kept, no boot would repeat: code 4" {
	local why="what libvirt learns of QEMU cannot be kept, and no boot would repeat"

	XDG_CACHE_HOME=/dev/null run -4 --separate-stderr "$RUN" -q x.json
	[[ $stderr == *"$why: /dev/null/vhint/lab/libvirt-virtual-"*": cannot write there: Not a directory; set XDG_CACHE_HOME"* ]]
	run -4 --separate-stderr env -u XDG_CACHE_HOME -u HOME "$RUN" -q x.json
	[[ $stderr == *"$why: neither HOME nor XDG_CACHE_HOME is an absolute path"* ]]
}

@test "a lab that asks to begin again and again is a failed boot" {
	FAKE_QEMU_DO=always-again run -1 --separate-stderr timeout -k 5 20 "$RUN" -q x.json --jobs 1
	[[ $stderr == *"boot 1 of 4 "*"did not come up"* ]]
	nothing_left results/x/latest
}

@test "with the real clock no lab begins again" {
	mkdir bin
	ln -s "$BATS_TEST_DIRNAME/fixtures/fake-qemu" bin/qemu-system-x86_64
	PATH=$PWD/bin:$PATH "$RUN" -q x.json --clock real --results real >whole
	grep -q '^lab_again=0' real/console-boot0.log
}

@test "kill -9: what the agents had on file is taken over by --resume" {
	"$RUN" -q x.json --results whole >/dev/null
	FAKE_AGENT_DO="slow:3 slow:6" setsid "$RUN" -q x.json --jobs 2 --results cut >/dev/null 2>&1 3>&- &
	pid=$!
	until_true 60 lines 5 cut 'runs-boot*.ndjson'
	# who looks at a run that is under way sees all that is complete
	until_true 10 complete 5 cut
	kill -9 $pid
	wait $pid || true
	until_true 60 no_machine "$PWD"
	rm cut/runs.ndjson
	[ "$(ends cut)" = "0 1 - - -
1 1 - - -" ]
	"$RUN" -q --resume cut --jobs 2 >/dev/null
	# what was under way is counted, and known as broken off
	[ "$(ends cut)" = "0 1 interrupted - 3
0 2 done - -
1 1 interrupted - 6
1 2 done - -
2 1 done - -
3 1 done - -" ]
	jq -e '([ .attempts.arms[].cut ] | add) == 2 and all(.attempts.arms[]; .failed == 0)' cut/summary.json
	diff <(measured whole/summary.json) <(measured cut/summary.json)
	nothing_left cut
	[ "$(jq -s 'map(.run) | unique | length' cut/runs.ndjson)" = 16 ]
}

@test "two experiments in virtual time run side by side; one folder has one driver; real time is alone" {
	FAKE_AGENT_DO=slow:0 "$RUN" -q x.json --jobs 1 --results one >/dev/null 2>&1 3>&- &
	pid=$!
	until_true 20 test -s one/boots.ndjson
	run -0 "$RUN" -q x.json --jobs 1 --results two
	run -4 --separate-stderr "$RUN" -q --resume one
	[[ $stderr == *"/one: another run-experiment (pid $pid) is at work in it."* ]]
	run -4 --separate-stderr "$RUN" -q x.json --clock real
	[[ $stderr == *"another run-experiment is running"* ]]
	kill -INT $pid
	wait $pid || true
	run -0 "$RUN" -q --resume one
}

@test "two labs do not share one folder: the second is told who has it; a dead one has nothing" {
	# ends when there is a file "go"; the emulator's stand-in waits for its port to be opened
	in_lab() {
		exec "$RUN" lab --memory 1024 --share "$PWD/shared" -- sh -c \
			': >"$2/$1.begun"; timeout 30 sh -c "until [ -e $2/go ]; do sleep 0.1; done"; : >"$3"' \
			x "$1" "$PWD/shared" /dev/virtio-ports/org.vhint.ctl </dev/null
	}
	in_lab one 3>&- &
	pid=$!
	until_true 20 test -e shared/one.begun
	run -4 --separate-stderr in_lab two
	[[ $stderr == *"/shared: another run-experiment (pid $pid) is at work in it. Wait for it, or end it, or choose another folder"* ]]
	grep -q "'one'" shared/.lab/command
	kill -9 $pid
	wait $pid || true
	until_true 20 no_machine "$PWD"
	touch shared/go
	run -0 in_lab three
	[ -e shared/three.begun ]
	[ ! -e shared/two.begun ]
}

# built_anew FILE COMMAND...: COMMAND changes FILE while the first of 4 boots waits
built_anew() {
	local file=$1 pid code=0
	shift
	rm -rf gate cut
	mkfifo gate
	FAKE_AGENT_GATE=$PWD/gate FAKE_AGENT_DO=gate:2 \
		"$RUN" -q x.json --jobs 1 --keep-going --results cut 2>err >/dev/null 3>&- &
	pid=$!
	until_true 20 lines 2 cut 'runs-boot*.ndjson'
	"$@"
	: >gate
	wait $pid || code=$?
	cat err
	[ $code = 1 ]
	grep -q "boot 2 of 4 (kernel .*): $file was built anew since this run began; .*What is complete is kept. Begin the experiment again, or go on with --resume" err
	run -1 grep "boot 3 of 4" err
	[ "$(ends cut)" = "0 1 done - -" ]
	[ "$(ids cut)" = "0 1 2 3" ]
}

@test "a build in the checkout ends a run before its next boot: code 1, and says which file" {
	mkdir -p kit/build/guest other
	touch kit/build/guest/initramfs.cpio.gz other/bzImage
	anew() { cp "$1" new && mv new "$1"; }
	relink() { mv kit/build/kernel/vhint kit/before && ln -s "$PWD/other" kit/build/kernel/vhint; }
	built_anew build/guest/initramfs.cpio.gz touch kit/build/guest/initramfs.cpio.gz
	built_anew build/lab/initrd.cpio.gz anew kit/build/lab/initrd.cpio.gz
	cp "$VHINT_AGENT" kit/agent
	VHINT_AGENT=$PWD/kit/agent built_anew agent anew kit/agent
	built_anew build/kernel/vhint/bzImage relink
	FAKE_AGENT_DO=none run -0 "$RUN" -q --resume cut
	[ "$(jq -s 'map(.run) | unique | length' cut/runs.ndjson)" = 16 ]
}

@test "a run tells the cache which builds are in use" {
	touch -d "3 days ago" kit/build/kernel/{stock,vhint}/COMPLETE
	run -0 "$RUN" -q x.json
	[ "$(find kit/build/kernel -name COMPLETE -mmin -5 | wc -l)" = 2 ]
}

@test "what a lab said comes before a judgement, however fast its time goes" {
	FAKE_QEMU_DO=leap run -0 --separate-stderr timeout -k 5 60 "$RUN" -q x.json --jobs 1 --results leap
	[ "$(ends leap | grep -c " done ")" = 4 ]
}
