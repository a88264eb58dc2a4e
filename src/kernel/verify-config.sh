#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# verify-config.sh CONFIG SOURCE FRAGMENT... - checks that every option which the
# fragments ask for is in the final configuration. Kconfig drops what it cannot
# satisfy without a word, and merge_config.sh only warns. Where fragments disagree
# the last one counts.
set -euo pipefail
export LC_ALL=C

config=$1
source=$2
shift 2

lost=$(awk '
	# Option name and value of a configuration line; name is "" if it is none
	function parse(line)
	{
		name = value = ""
		if (line ~ /^# CONFIG_[A-Za-z0-9_]+ is not set$/) {
			split(line, part, " ")
			name = part[2]
			value = "n"
		} else if (line ~ /^CONFIG_[A-Za-z0-9_]+=/) {
			name = substr(line, 1, index(line, "=") - 1)
			value = substr(line, index(line, "=") + 1)
		}
	}
	{ parse($0) }
	name == "" { next }
	FNR == NR { got[name] = value; next }
	{
		if (!(name in want))
			order[++n] = name
		want[name] = value
		where[name] = FILENAME ":" FNR
	}
	END {
		for (i = 1; i <= n; i++) {
			name = order[i]
			have = name in got ? got[name] : "n"
			if (have != want[name] && !(have == "n" && want[name] == "\"\""))
				print where[name], name, want[name], have
		}
	}' "$config" "$@")

[ -n "$lost" ] || exit 0
while read -r where name want have; do
	symbol="^[[:space:]]*(menu)?config ${name#CONFIG_}\$"
	if grep -rqsE --include='Kconfig*' "$symbol" "$source"; then
		why="what it depends on is missing, or something selects it"
	else
		why="this kernel has no such option"
	fi
	echo "$where: $name=$want did not stick: the configuration has $name=$have ($why)"
done <<<"$lost" >&2
exit 1
