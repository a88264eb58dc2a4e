#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# House rules that a machine can check, over all files of the checkout.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	mapfile -t files < <({ git ls-files -co --exclude-standard 2>/dev/null ||
		find . -type f ! -path './build/*' ! -path './.git/*'; } | grep -vxE '(\./)?exps')
	mapfile -t scripts < <(grep -lE '^#!/(usr/bin/env )?(bin/)?(ba|da)?sh' "${files[@]}")
	sourced=(src/kernel/common.sh src/kernel/flavours.sh src/kernel/installed.sh
		src/setup/builds.sh src/qemu/source.sh tests/fixtures/*.bash)
	mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep -E '\.[ch]$')
}

@test "every file names its licence" {
	mapfile -t named < <(printf '%s\n' "${files[@]}" |
		grep -vE '^(LICENSE|results/.*|.*\.(patch|json|svg))$')
	run grep -L 'SPDX-License-Identifier: ' "${named[@]}"
	echo "$output"
	[ -z "$output" ]
}

@test "no source file is longer than 600 lines" {
	run awk 'FNR == 601 { print FILENAME }' \
		"${sources[@]}" "${scripts[@]}" "${sourced[@]}" Makefile tests/*.bats
	echo "$output"
	[ -z "$output" ]
}

# Tables and what programs print are as wide as they are.
@test "no line of Markdown is longer than 120 columns" {
	mapfile -t pages < <(printf '%s\n' "${files[@]}" | grep '\.md$')
	run env LC_ALL=C.UTF-8 awk 'FNR == 1 { printed = 0 }
		/^```/ { printed = !printed }
		length > 120 && !printed && !/^ *\|/ { print FILENAME ":" FNR }' "${pages[@]}"
	echo "$output"
	[ -z "$output" ]
}

@test "shellcheck has nothing to say" {
	shellcheck "${scripts[@]}" "${sourced[@]}"
}

# Tables are made of macros whose values are neither expressions nor statements. A
# string is not broken, so that it can be searched for.
@test "checkpatch finds no error and no line over 100 columns in C" {
	tree=$(bash -c '. src/kernel/common.sh; pristine_source "$(source_id)"; echo "$pristine"')
	echo json_object >"$BATS_TEST_TMPDIR/typedefs"
	run bash -c 'tree=$1 types=$2; shift 2; printf "%s\0" "$@" | xargs -0 -n 16 -P "$(nproc)" \
		perl "$tree/scripts/checkpatch.pl" --no-tree --no-summary --terse --show-types \
		--max-line-length=100 --typedefsfile="$types" --ignore COMPLEX_MACRO,BRACKET_SPACE -f |
		grep -E ": ERROR:|WARNING:LONG_LINE:"' _ "$tree" "$BATS_TEST_TMPDIR/typedefs" "${sources[@]}"
	echo "$output"
	[ -z "$output" ]
}
