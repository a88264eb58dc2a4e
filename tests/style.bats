#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# House rules that a machine can check, over all files of the checkout.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	mapfile -t files < <({ git ls-files -co --exclude-standard 2>/dev/null ||
		find . -type f ! -path './build/*' ! -path './.git/*'; } | grep -vxE '(\./)?exps')
	mapfile -t scripts < <(programs_in 'sh|dash|bash')
	mapfile -t cases < <(programs_in bats)
	sourced=(src/kernel/common.sh src/kernel/flavours.sh src/kernel/installed.sh
		src/setup/builds.sh src/qemu/source.sh tests/fixtures/*.bash)
	mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep -E '\.[ch]$')
}

# programs_in LANGUAGES: the files whose first line says so, whatever they are called
programs_in() {
	awk -v want="^#!.*[/ ]($1)\$" 'FNR == 1 { if ($0 ~ want) print FILENAME; nextfile }' "${files[@]}"
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
		"${sources[@]}" "${scripts[@]}" "${cases[@]}" "${sourced[@]}" Makefile
	echo "$output"
	[ -z "$output" ]
}

# In bats files: programs for other shells in quotes, variables that bats or a loaded file
# sets, and tests as subshells are all meant.
@test "shellcheck has nothing to say" {
	shellcheck "${scripts[@]}" "${sourced[@]}"
	[ "${#cases[@]}" -gt 10 ]
	shellcheck --exclude=SC2016,SC2030,SC2031,SC2154 "${cases[@]}"
}

@test "no program is in a language that nobody checks" {
	run comm -23 <(programs_in '.*' | sort) <(programs_in 'sh|dash|bash|bats|python3' | sort)
	echo "$output"
	[ -z "$output" ]
}

@test "Python programs are free of what a compiler can see" {
	mapfile -t python < <(programs_in python3)
	for file in "${python[@]}"; do
		python3 -W error -c 'import sys; compile(open(sys.argv[1]).read(), *sys.argv[1:], "exec")' "$file"
	done
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
