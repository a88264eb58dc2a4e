#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The documents show what results/sample/ holds: each block is made again from the raw data,
# and each figure within a sentence is looked for.

bats_require_minimum_version 1.5.0

setup() {
	KIT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	export RUN_EXPERIMENT=${RUN_EXPERIMENT:-$KIT/build/bin/run-experiment}
}

# copy [SAMPLE...]: the documents and the samples, all or these, to be spoiled
copy() {
	local folder

	cd "$KIT" || return
	find . -name build -prune -o -name .git -prune -o -name '*.md' -print0 |
		xargs -0 cp --parents -t "$BATS_TEST_TMPDIR"
	cp -r results/sample "$BATS_TEST_TMPDIR/results/"
	cd "$BATS_TEST_TMPDIR" || return
	for folder in results/sample/*/; do
		[[ $# = 0 || " $* " == *" $(basename "$folder") "* ]] || rm -r "$folder"
	done
}

# differs TEXT [DOCUMENT]: the check, of all or of this one, fails, and says this
differs() {
	run -1 results/sample/update --check "${@:2}"
	[[ $output == *"$1"* ]] || {
		echo "said: $output"
		echo "want: $1"
		return 1
	}
}

@test "each block and each figure of the documents is that of the samples" {
	run -0 "$KIT/results/sample/update" --check
	[ "$output" = "" ]
}

@test "results/README.md shows what report prints of a sample, README.md some columns of it" {
	cp -r "$KIT/results/sample/hackbench-2vm" "$BATS_TEST_TMPDIR/"
	"$RUN_EXPERIMENT" report "$BATS_TEST_TMPDIR/hackbench-2vm" >"$BATS_TEST_TMPDIR/printed"
	sed -n '/^<!-- made by: report hackbench-2vm arms/,/^<!-- end/p' "$KIT/results/README.md" | sed '1,2d;$d' | sed '$d' \
		>"$BATS_TEST_TMPDIR/shown"
	[ "$(grep -cE '^(stock|off|urgent) ' "$BATS_TEST_TMPDIR/shown")" = 3 ]
	run -1 grep -vxFf "$BATS_TEST_TMPDIR/printed" "$BATS_TEST_TMPDIR/shown"
	run -0 grep -E '^arm +n +slowdown +contended \(s\) +alone \(s\) +call p99 \(us\) +boosts$' "$KIT/README.md"
	run -0 grep -cE '^(stock|off|urgent) +10 +[0-9.]+ \[[0-9.]+, [0-9.]+\]( +[0-9.]+){3} +[0-9-]+$' "$KIT/README.md"
	[ "$output" = 3 ]
}

@test "a changed digit in a block, in a sentence, in a summary, in the raw data is found" {
	copy
	sed -i 's/takes 2\.1 times/takes 2.0 times/' README.md
	differs "README.md does not say: \`urgent\` takes 2.1 times as long as alone"
	copy ipi-2vm
	run -0 results/sample/update --check README.md
	sed -i '/^urgent  *10/s/0\.345/0.346/' README.md
	differs "+urgent  10 " README.md
	cp "$KIT/README.md" .
	sed -i 's/"n": 10/"n": 11/' results/sample/ipi-2vm/summary.json
	differs "summary.json, from the samples" README.md
	cp "$KIT/results/sample/ipi-2vm/summary.json" results/sample/ipi-2vm/
	sed -i 's/"contended_s":0\.3/"contended_s":0.4/g' results/sample/ipi-2vm/runs.ndjson
	differs "-urgent  10 " README.md
}

@test "update mends what differs, and leaves the rest as it is" {
	copy ipi-2vm
	sed -i '/^urgent  *10/s/0\.345/0.346/' README.md
	run -0 results/sample/update README.md
	cmp README.md "$KIT/README.md"
	run -0 results/sample/update --check README.md
}

@test "a block that waits for a sample is left alone, and made when the sample is there" {
	copy ipi-2vm hackbench-2vm
	printf '%s\n' '<!-- by hand, until there is ipi-2vm other: report ipi-2vm arms -->' typed \
		'<!-- end -->' after >page.md
	cp page.md before.md
	run -0 results/sample/update page.md
	cmp page.md before.md
	cp -r results/sample/hackbench-2vm results/sample/other
	run -1 results/sample/update --check page.md
	run -0 results/sample/update page.md
	[ "$(head -n 1 page.md)" = '<!-- made by: report ipi-2vm arms -->' ]
	[ "$(tail -n 2 page.md)" = $'<!-- end -->\nafter' ]
	[ "$(grep -c '^urgent ' page.md)" = 1 ]
	run -1 grep typed page.md
}

@test "an unknown block, a missing sample, a block without an end: code 2, and which" {
	copy ipi-2vm hackbench-2vm
	refused() {
		printf '%s\n' "$1" >page.md
		run -2 results/sample/update page.md
		[[ $output == *"$2"* ]]
		[ "$(cat page.md)" = "$1" ]
	}
	refused '<!-- made by: magic -->' "made by: magic: unknown; expected schema, report or table"
	refused '<!-- made by: report ipi-2vm arms boosts, nosuch -->' "the arms have no column nosuch"
	refused '<!-- made by: report nosuch -->' "there is no results/sample/nosuch"
	refused '<!-- made by: table nosuch -->' "no such table: nosuch"
	refused '<!-- made by: report ipi-2vm arms -->' "no <!-- end --> follows"
}
