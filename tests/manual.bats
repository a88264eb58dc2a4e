#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The man page and the completion for bash, which the driver makes of its own tables and help
# texts.

bats_require_minimum_version 1.5.0

setup_file() {
	export KIT RUN
	KIT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
	RUN=${RUN_EXPERIMENT:-$KIT/build/bin/run-experiment}
	cd "$BATS_FILE_TMPDIR" || return
	"$RUN" schema --man >man.1
	groff -man -Tascii -P-cbou -rLL=200n man.1 >man.txt
	"$RUN" schema --completion bash >completion
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# commands: those that have a help text for users
commands() {
	"$RUN" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | grep -vxE 'agent|needs'
}

# options COMMAND: as its help text has them
options() {
	"$RUN" "$1" --help | sed -nE 's/^  (-.*)/\1/p' | sed -E 's/  .*//; s/, /\n/' |
		sed -E 's/ .*//' | sort -u
}

# complete_words WORD...: what is offered for the last of them
complete_words() {
	bash -c '. ./completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_run_experiment; printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "man: groff has nothing to warn of, and no line holds a leftover of troff" {
	run -0 groff -man -Tutf8 -ww -z man.1
	[ -z "$output" ]
	[ "$(grep -cE '\\[a-zA-Z(&]|^\.[A-Z]' man.txt)" = 0 ]
	[ "$(grep -c '^[A-Z]' man.txt)" -ge 12 ]
}

@test "man: all commands with their options, all keys, metrics, workloads and policies" {
	local command option

	for command in $(commands); do
		grep -qE "^   $command( |\$)" man.txt
		for option in $(options "$command"); do
			sed -n "/^   $command/,/^   [a-z]/p" man.txt | grep -qE -- "(^ +|, )$option( |,|\$)"
		done
	done
	[ "$(commands | wc -l)" -ge 8 ]
	jq -r 'paths(scalars) | select(.[-1] == "description") | map(select(type == "string" and
		. != "properties" and . != "description")) | .[-1] // empty' \
		"$KIT/experiments/schema.json" | grep -v items | sort -u >keys
	[ "$(wc -l <keys)" -ge 30 ]
	while read -r key; do
		grep -qE "^       ([a-z]+(\[\])?\.)?${key/\$/\\\$}( |\$)" man.txt
	done <keys
	for what in metrics workloads policies; do
		"$RUN" list $what | sed -nE 's/^  ([a-z][a-z0-9_]*):? .*/\1/p' >names
		[ -s names ]
		while read -r name; do
			grep -qE "^       $name( |\$)" man.txt
		done <names
	done
	grep -qE '^       contended_s' man.txt && grep -qE '^       elapsed_s' man.txt
}

@test "completion: shellcheck has nothing to say, and all options are those that are taken" {
	local command option

	shellcheck -s bash completion
	for command in $(commands); do
		complete_words run-experiment "$command" - | sort -u >offered
		options "$command" >wanted
		diff <(grep . offered) wanted
		while read -r option; do
			run "$RUN" "$command" "$option" </dev/null
			[[ $output != *"unknown option"* ]]
		done < <(grep -v help wanted)
	done
}

@test "completion: commands, names, keys and metrics, in the places where they belong" {
	[ "$(complete_words run-experiment rep)" = report ]
	[ "$(complete_words run-experiment list m)" = metrics ]
	[ "$(complete_words run-experiment x.json --where '' | tr '\n' ' ')" = "lab host " ]
	[ "$(complete_words run-experiment x.json --clock = vi)" = virtual ]
	[ "$(complete_words run-experiment x.json --clock = | tr '\n' ' ')" = "virtual real " ]
	[ "$(complete_words run-experiment lab --kernel s)" = stock ]
	[ "$(complete_words run-experiment x.json --jobs '')" = "" ]
	[ "$(complete_words run-experiment x.json --set 'vms[].mem')" = 'vms[].memory_mib=' ]
	[ "$(complete_words run-experiment report --fail-if w)" = worse: ]
	[ "$(complete_words run-experiment report --fail-if worse : contend)" = contended_s ]
	complete_words run-experiment x.json --fail-if worse : | grep -qx any
	run complete_words run-experiment x.json --fail-if worse : hints
	[ -z "$output" ]
	# files, by bash itself
	[ "$(complete_words run-experiment report /et)" = "" ]
	grep -q '^complete -o default ' completion
}

@test "schema: one thing at a time, and of completions bash's alone" {
	run -3 --separate-stderr "$RUN" schema --completion fish
	[[ $stderr == *'--completion: found "fish", expected bash'* ]]
	run -3 --separate-stderr "$RUN" schema --man more
	[[ $stderr == *'unexpected argument "more"'* ]]
}
