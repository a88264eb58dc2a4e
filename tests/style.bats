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
	mapfile -t python < <({ programs_in python3; printf '%s\n' "${files[@]}" | grep '\.py$'; } | sort -u)
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
		grep -vE '^(LICENSE|results/.*|.*\.(patch|json|ndjson|svg))$')
	run grep -L 'SPDX-License-Identifier: ' "${named[@]}"
	echo "$output"
	[ -z "$output" ]
}

@test "no source file is longer than 600 lines" {
	run awk 'FNR == 601 { print FILENAME }' \
		"${sources[@]}" "${scripts[@]}" "${cases[@]}" "${sourced[@]}" "${python[@]}" Makefile
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

# Rooms of src/: each may include itself and the rooms named behind it, which must stand above
# it. So there is no circle.
rooms='base:
stat:
workload: base
policy:
lab: base
measure: base
experiment: base stat workload policy measure
results: base experiment
host: base stat measure experiment results
run: base experiment results lab
report: base stat workload experiment results
cli: base workload experiment results lab host run report'

# Prints what is against the table in $rooms. policy/ is built by the kernel's build system,
# which knows no -Isrc.
wrong_includes() {
	awk '
		FILENAME == ARGV[1] {
			room = $1
			sub(/:$/, "", room)
			for (i = 2; i <= NF; i++) {
				if (!($i in rooms))
					print "the table: " room " may include " $i ", which is not above it"
				may[room, $i]
			}
			rooms[room]
			may[room, room]
			next
		}
		FNR == 1 {
			sub(/^\.\//, "", FILENAME)
			split(FILENAME, path, "/")
			room = path[2]
			if (!(room in rooms))
				print FILENAME ": the table of rooms has no " room "/"
		}
		/^[ \t]*#[ \t]*include/ {
			name = $0
			sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
			quoted = sub(/^"/, "", name)
			sub(/^</, "", name)
			sub(/[">].*/, "", name)
			to = name
			if (!sub(/\/.*/, "", to))
				to = quoted && room != "policy" ? "?" : room
			if (to == "?")
				print FILENAME ":" FNR ": the room is missing: " name
			else if ((quoted || to in rooms) && !((room, to) in may))
				print FILENAME ":" FNR ": " room " may not include " name
		}' <(echo "$rooms") "$@"
}

@test "a room includes only rooms that it may" {
	mapfile -t src < <(printf '%s\n' "${sources[@]}" | grep -E '^(\./)?src/')
	[ ${#src[@]} -gt 100 ]
	run wrong_includes "${src[@]}"
	echo "$output"
	[ -z "$output" ]
}

# Errors and warnings are handed up; standard output is the caller's. Exceptions: the progress
# on the terminal, and the agent's watchdog, whose main thread is stuck.
@test "nothing below main prints on its own, ends the process or starts another" {
	mapfile -t src < <(printf '%s\n' "${sources[@]}" |
		grep -E '^(\./)?src/(base|stat|measure|experiment|results|host|lab|run|report)/' |
		grep -vE '/(run/progress_show\.c|base/child\.[ch])$')
	[ ${#src[@]} -gt 100 ]
	run grep -nE '\b(perror|puts|v?printf|putchar|abort|_?exit)\(|[(, ]std(out|err)[,)]' "${src[@]}"
	output=$(printf '%s\n' "$output" | grep -vE 'host/loop\.c:[0-9]+:.*_exit\(VH_RUN_FAILED\)' || true)
	echo "$output"
	[ -z "$output" ]
	run grep -nE '\b(v?fork|popen|posix_spawnp?|system|waitpid|exec[lv]p?e?)\(' "${src[@]}"
	echo "$output"
	[ -z "$output" ]
}

@test "each room's README says what the room may include" {
	while IFS=: read -r room may; do
		may=${may# } may=${may// /, }
		line="May include: ${may:-nothing of the other rooms}."
		grep -qxF "$line" "src/$room/README.md" || echo "src/$room/README.md: no line \"$line\""
	done <<<"$rooms" >"$BATS_TEST_TMPDIR/missing"
	cat "$BATS_TEST_TMPDIR/missing"
	[ ! -s "$BATS_TEST_TMPDIR/missing" ]
}

# In bats files: programs for other shells in quotes, variables that bats or a loaded file
# sets, and tests as subshells are all meant.
@test "shellcheck has nothing to say" {
	shellcheck "${scripts[@]}" "${sourced[@]}"
	[ "${#cases[@]}" -gt 10 ]
	shellcheck --exclude=SC2016,SC2030,SC2031,SC2154 "${cases[@]}"
}

# What is in a string is a program that the test ends.
@test "tests wait by until_true, which has a deadline" {
	run grep -nE '^[^"]*\b(until|while) .*; do sleep' "${cases[@]}"
	echo "$output"
	[ -z "$output" ]
}

@test "no program is in a language that nobody checks" {
	run comm -23 <(programs_in '.*' | sort) <(programs_in 'sh|dash|bash|bats|python3' | sort)
	echo "$output"
	[ -z "$output" ]
}

@test "Python programs are free of what a compiler can see" {
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
