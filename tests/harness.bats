#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests' own tools: that a check which fails or is never made is seen, that run-all counts
# what there is, and that a bug which no test sees is told.

bats_require_minimum_version 1.5.0

load fixtures/until

setup() {
	KIT=$BATS_TEST_DIRNAME/..
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p tests/unit tests/mutations build/tests
	cp "$KIT/tests/run-all" "$KIT/tests/mutants" tests
}

# checks NAME: a unit test whose body is on stdin; $1 to $n are its arguments
checks() {
	{
		printf '#include "%s"\n' "$KIT/tests/unit/ktap.h"
		echo 'int main(int argc, char **argv) {'
		cat
		echo '}'
	} >"tests/unit/$1.c"
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Werror -o "build/tests/$1" "tests/unit/$1.c"
}

@test "ktap: a plan of all checks comes first; a check in a loop is one test" {
	checks test_a <<-'END'
		ktap_begin();
		for (int i = 0; i < 3; i++)
			CHECK(i < 3, "row %d", i);
		CHECK(argc == 1, "alone");
		return ktap_end();
	END
	run -0 build/tests/test_a
	[ "${lines[*]:0:4}" = "KTAP version 1 1..2 ok 1 - row 2, and 2 more ok 2 - alone" ]
}

@test "ktap: one row of many that fails is named; so is a check that is never made" {
	checks test_a <<-'END'
		ktap_begin();
		for (int i = 0; i < 3; i++)
			CHECK(i != 1, "row %d", i);
		if (argc > 1)
			CHECK(true, "with arguments");
		CHECK_IF(argc > 1, false, "only with arguments");
		return ktap_end();
	END
	run -1 build/tests/test_a
	[ "${lines[1]}" = 1..3 ]
	[[ $output == *"not ok 1 - row 1"*"failed 1 of 3 times: i != 1"* ]]
	[[ $output == *"not ok 2 - line 7 was not reached"* ]]
	[[ $output == *"ok 3 - only with arguments # SKIP"* ]]
	[ "${lines[-1]}" = "# Totals: pass:0 fail:2 xfail:0 xpass:0 skip:1 error:0" ]
	run -1 build/tests/test_a with
	[[ $output == *"ok 2 - with arguments"*"not ok 3"* ]]
}

@test "until_true: waits for what comes, and says what never came" {
	{ sleep 0.3; touch there; } 3>&- &
	until_true 30 test -e there
	run -1 until_true 1 test -e nowhere
	[ "$output" = "waited 1 s in vain for: test -e nowhere" ]
}

@test "lines: of all files of that name" {
	run ! lines 1 . '*.txt'
	printf '1\n2\n' >a.txt
	printf '3\nno end' >b.txt
	lines 3 . '*.txt'
	run ! lines 4 . '*.txt'
}

@test "run-all: counts what passes, fails, is skipped, and programs that end too soon" {
	checks test_good <<<'ktap_begin(); CHECK(1, "one"); CHECK_IF(0, 1, "two"); return ktap_end();'
	checks test_bad <<<'ktap_begin(); CHECK(argc > 1, "three"); CHECK(1, "four"); return ktap_end();'
	checks test_lost <<<'ktap_begin(); CHECK(1, "five"); if (argc < 2) return 0; return ktap_end();'
	checks test_dead <<<'ktap_begin(); CHECK(1, "six"); if (argc < 2) abort(); return ktap_end();'
	printf '#!/bin/sh\necho 1..2\necho ok 1\n' >tests/mutants
	printf '@''test "seven" { true; }\n' >tests/x.bats
	run -1 tests/run-all unit
	echo "$output"
	[[ $output == *"PASS test_good "*" 1 passed   0 failed   1 skipped"* ]]
	[[ $output == *"FAIL test_bad "*" 1 passed   1 failed   0 skipped"* ]]
	[[ $output == *"test_lost planned 1 tests and ran 0"* ]]
	[[ $output == *"test_dead planned 1 tests and ran 0"* ]]
	[[ $output == *"mutants planned 2 tests and ran 1"* ]]
	[ "${lines[-1]}" = "4 passed, 4 failed, 1 skipped" ]
}

# A kit with one source file, one test and one bats file
toy() {
	mkdir -p src
	printf '%s\n' 'one 1' 'two 2' 'three 3' >src/numbers
	printf '%s\n' 'driver tests: build/tests/test_one build/tests/test_two' \
		'build/tests/%: tests/unit/%.c src/numbers; cp $< $@; chmod +x $@' >Makefile
	printf '#!/bin/sh\necho 1..1\ngrep -q "one 1" src/numbers && echo ok 1 || ! echo not ok 1\n' >tests/unit/test_one.c
	printf '#!/bin/sh\necho 1..1\ngrep -q "two 2" src/numbers && echo ok 1 || ! echo not ok 1\n' >tests/unit/test_two.c
	printf '%s\n' '@''test "three is three" { grep -q "three 3" src/numbers; }' \
		'@''test "another" { true; }' >tests/x.bats
	printf '%s\n' 'file src/numbers' 'tests test_one' 'mutant one is wrong' '-one 1' '+one 7' >tests/mutations/toy
}

@test "mutants: one that a test sees, even one that is not named for it" {
	toy
	printf '%s\n' 'mutant two is wrong' '-two 2' '+two 7' 'tests x.bats:three is' \
		'mutant two lines are wrong' $'-two 2\n-three 3' $'+two 2\n+three 4' >>tests/mutations/toy
	run -0 tests/mutants
	echo "$output"
	[ "${lines[0]}" = 1..4 ]
	[[ $output == *"src/numbers: one is wrong"*"#   test_one: not ok 1"* ]]
	[[ $output == *"src/numbers: two is wrong"*"#   test_two: not ok 1"* ]]
	[[ $output == *"src/numbers: two lines are wrong"*"#   x.bats:three is: not ok 1 three is three"* ]]
	[ "$(sed -n 1p src/numbers)" = "one 1" ]
}

@test "mutants: one that no test sees is a failure, one whose text has gone, too" {
	toy
	printf '%s\n' 'mutant three is wrong' '-three 3' '+three 7' 'mutant four is wrong' '-four' '+five' \
		'mutant any o' '-o' '+p' 'mutant spaces' '-one 1' '+one  1' 'equivalent but for grep' >>tests/mutations/toy
	run -1 tests/mutants
	echo "$output"
	[ "${lines[0]}" = 1..5 ]
	[[ $output == *"not ok 1 - src/numbers: four is wrong"*"its text is not in the file"* ]]
	[[ $output == *"not ok 2 - src/numbers: any o"* ]]
	[[ $output == *"not ok"*" - src/numbers: three is wrong"*"no test turned red"* ]]
	[[ $output != *spaces* ]]
}

@test "mutants: where a test is red without them, nothing is said of any" {
	toy
	echo 'one 2' >src/numbers
	sed -i 's/^-one 1/-one 2/' tests/mutations/toy
	run -1 tests/mutants
	[[ $output == *"not ok 1 - without a bug, no test is red"*"test_one: not ok 1"* ]]
}

@test "mutants: a tenth, the same with the same seed" {
	toy
	for i in $(seq 30); do
		printf 'mutant %s\n-one 1\n+one 7\n' "number $i" >>tests/mutations/toy
	done
	run -0 tests/mutants --tenth --seed 5 --jobs 1
	first=$(grep -o 'src/numbers: .*' <<<"$output")
	[ "$(wc -l <<<"$first")" = 4 ]
	[[ $output == *"tests/mutants --tenth --seed 5"* ]]
	run -0 tests/mutants --tenth --seed 5 --jobs 1
	[ "$(grep -o 'src/numbers: .*' <<<"$output")" = "$first" ]
	run -0 tests/mutants --tenth --seed 6 --jobs 1
	[ "$(grep -o 'src/numbers: .*' <<<"$output")" != "$first" ]
	run -3 tests/mutants --bogus
}
