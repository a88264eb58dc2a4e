#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Virtual time: that what runs in it repeats to the last digit, whatever else the machine does
# and wherever the kit stands; that all CPUs have one clock; that KVM has the pause filter; and
# what QEMU refuses.

bats_require_minimum_version 1.5.0

setup_file() {
	export KIT T=$BATS_FILE_TMPDIR

	KIT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	gcc -O2 -std=gnu11 -D_GNU_SOURCE -static -pthread -o "$T/clock-order" "$KIT/tests/fixtures/clock-order.c"
	cat >"$T/inside" <<-'END'
		"${0%/*}/clock-order"
		cat /proc/interrupts
		dmesg
		head -c 256 /dev/urandom | od -An -tx1
		grep -m 1 ^flags /proc/cpuinfo
		echo "pause_filter_count $(cat /sys/module/kvm_amd/parameters/pause_filter_count)"
	END
	for i in 1 2; do
		mkdir "$T/share"	# the same path: it is seen inside
		"$KIT/build/bin/run-experiment" lab --kernel stock --no-libvirt --share "$T/share" \
			-- sh "$T/inside" </dev/null >"$T/$i.out" 2>"$T/$i.err" 3>&- || echo "exit code $?" >>"$T/$i.err"
		mv "$T/share" "$T/share-$i"
	done
}

# same FILE FILE: they are there, and alike
same() {
	[ -s "$1" ]
	cmp "$1" "$2" || { diff -U 1 "$1" "$2" | head -n 40; return 1; }
}

# --- One boot, twice ---

@test "virtual: two boots have the same interrupts, the same log and the same random bytes" {
	cat "$T"/?.err
	grep -q ' LOC: \|^ *LOC:' "$T/1.out"
	grep -q 'Linux version' "$T/1.out"
	same "$T/1.out" "$T/2.out"
}

@test "virtual: time does not go backwards from one CPU to another" {
	head -n 3 "$T/1.out"
	grep -qx 'monotonic: 3 CPUs, 0 times backwards' "$T/1.out"
	grep -qx 'tsc: 3 CPUs, 0 times backwards' "$T/1.out"
}

@test "virtual: KVM has the pause filter, and uses it" {
	grep '^flags' "$T/1.out" | grep -w pausefilter | grep -qw pfthreshold
	run -0 grep '^pause_filter_count' "$T/1.out"
	[ "${output#* }" -gt 0 ]
}

# --- One experiment, twice ---

# make_it KIT RESULTS OPTION...: a small experiment of two boots
make_it() {
	"$1/build/bin/run-experiment" "$T/small.json" --results "$2" --quiet "${@:3}" 3>&-
}

@test "virtual: an experiment has the same values with 1 job, and with 2 beside a load at first, from another place and with nothing learnt" {
	local other=$T/some/where/else load failed=

	jq '.repetitions = 1 | .workload.args = [ "-g", "1", "-l", "20" ]' \
		"$KIT/experiments/smoke.json" >"$T/small.json"
	mkdir -p "$other/build"
	# not with their dates: those of files are nothing that a boot may see
	cp -rd "$KIT"/{src,experiments,vm-templates} "$other"
	cp -rd "$KIT"/build/{bin,guest,kernel,lab,policy,qemu} "$other/build"

	make_it "$KIT" "$T/one" --jobs 1
	timeout 40 sh -c 'while :; do :; done' 3>&- &
	load=$!
	# its libvirt has everything to learn
	XDG_CACHE_HOME=$T/cache make_it "$other" "$T/two" --jobs 2 || failed=1
	kill $load 2>/dev/null || true	# it may be over
	[ ! "$failed" ]

	jq -e '.jobs == 1' "$T/one/env.json"
	jq -e '.jobs == 2' "$T/two/env.json"
	jq -es 'map(select(.event == "end").again) == [ true, true ]' "$T/two/boots.ndjson"
	jq -es 'length == 2 and all(.ok)' "$T/one/runs.ndjson"
	same "$T/one/runs.ndjson" "$T/two/runs.ndjson"
}

# --- What QEMU refuses ---

# refused WORDS ICOUNT
refused() {
	run -1 timeout 10 "$KIT/build/qemu/bin/qemu-system-x86_64" -machine none -display none \
		-accel tcg,thread=single -icount "$2"
	[[ "$output" == *"$1"* ]]
}

@test "virtual: QEMU says what is wrong with the clock's options" {
	refused "icount: round=0: expected 1 to 1000000 (ns)" shift=0,parallel=on,round=0
	refused "icount: round=1000001: expected 1 to 1000000 (ns)" shift=0,parallel=on,round=1000001
	refused "icount: vmrun=-1: expected 0 to 1000000 (ns)" shift=0,parallel=on,vmrun=-1
	refused "icount: pause=1000001: expected 0 to" shift=0,parallel=on,pause=1000001
	refused "Please specify shift option when using parallel" parallel=on
	refused "icount: round needs parallel=on" shift=0,round=2000
	refused "icount: clock-file=/no/such: No such file" shift=0,parallel=on,clock-file=/no/such
}
