#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Hints on a real (if emulated) vhint host: that a run tells how good they were, that
# nothing which was decided or tried is lost between the counters, and that no figure
# is made up. No figure is judged. One boot of the lab, by setup_file.

bats_require_minimum_version 1.5.0

# new_case NAME JQ-FILTER: a plan of one boot, by its differences from the plain one
new_case() {
	mkdir -p "$BATS_FILE_TMPDIR/share/$1"
	jq -n '{
		schema: 1, name: "case", title: "case", where: "lab",
		machine: { cpus: 2, memory_mib: 2048 },
		vms: [ { name: "vm", count: 1, vcpus: 2, memory_mib: 192, template: "default",
			kernel_args: "", pins: [ "1-2", "1-2" ] } ],
		workload: { name: "hackbench", args: [ "-g", "1", "-l", "30" ] },
		arms: [ { name: "off", kernel: "vhint", policy: "none", hints: false },
			{ name: "urgent", kernel: "vhint", policy: "urgent", hints: true } ],
		baseline: "off", repetitions: 1, warmup: 0, boots: 1, seed: 1, timeout_s: 60,
		bystander: false, metrics: [ "boosts" ],
		plan: { boots: [ { kernel: "vhint", runs: [
			{ id: 0, arm: "off", rep: 0, warmup: false },
			{ id: 1, arm: "urgent", rep: 0, warmup: false } ] } ] }
	} | '"$2" >"$BATS_FILE_TMPDIR/share/$1/resolved.json"
}

setup_file() {
	export KIT=$BATS_TEST_DIRNAME/..

	new_case two '.vms[0].count = 2 | .bystander = true'
	new_case publish '.workload = { name: "publish", args: [ "--pairs", "5", "--passes", "50" ] }'
	touch "$BATS_FILE_TMPDIR"/share/{two,publish}/well
	# The emulator may lose the machine now and then: a second boot does what is left.
	for _ in 1 2; do
		"$KIT/build/bin/run-experiment" lab --kernel vhint --memory 2048 \
			--share "$BATS_FILE_TMPDIR/share" --verbose -- \
			"$BATS_TEST_DIRNAME/fixtures/agent-cases" "$BATS_FILE_TMPDIR/share" \
			>>"$BATS_FILE_TMPDIR/lab.log" 2>&1 3>&- && break
	done || true
}

# of CASE: sets $case, and what a failing test shows
of() {
	case=$BATS_FILE_TMPDIR/share/$1
	tail -n 3 "$BATS_FILE_TMPDIR/lab.log"
	tail -n 5 "$case/events" "$case/out"
	[ "$(<"$case/status")" -eq 0 ]
}

# arm NAME FILTER: holds for the record of that arm
arm() {
	jq -es --arg arm "$1" "map(select(.arm == \$arm))[0] | $2" "$case/runs.ndjson" >/dev/null
}

@test "hints: their age when the policy was asked, and how fast it got its way" {
	of two
	arm urgent '.hint_age | .unit == "ns" and (.bins | length > 0 and all(.[0] > 0 and .[1] > 0))'
	arm urgent '.metrics | .hint_age_p50_us > 0 and .hint_age_p50_us <= .hint_age_p99_us'
	arm urgent '.boost_latency.unit == "ns"'
	arm off '.hint_age == null and .boost_latency == null and .metrics.hint_age_p50_us == null'
}

@test "hints: declared against true" {
	of two
	arm urgent '.metrics | [ .ipi_declared_ratio, .halt_declared_ratio ] |
		all(. == null or (. >= 0 and . <= 1))'
	arm urgent '.metrics.runq_declared >= 0'
	arm off '.metrics | .runq_declared == null and .ipi_declared_ratio == null'
	arm off '.metrics.runq_actual > 0'
	arm urgent '.metrics.runq_actual > 0'
}

@test "hints: every decision is accounted for" {
	of two
	# moves are done by a thread: those of 4 vCPUs may be on their way at either end
	arm urgent '.policy_counters | .decided - .moved - .applied - .throttled -
		([ to_entries[] | select(.key | startswith("refused_")) | .value ] | add) |
		. >= -4 and . <= 4'
	arm urgent '.policy_counters | .decided == .reason_waited_for + .reason_woken'
}

@test "hints: every directed yield is accounted for, on both paths, without a policy too" {
	of two
	for a in off urgent; do
		arm $a '.metrics | .yields != null and
			.yields == .yields_ok + .yields_refused + .yields_alone + .yields_no_target'
		arm $a '.metrics | .spin_yields != null and .spin_yields ==
			.spin_yields_ok + .spin_yields_refused + .spin_yields_alone'
	done
}

@test "hints: shares, and nobody of the bystander's is left" {
	of two
	for a in off urgent; do
		arm $a '.metrics | .share_min > 0 and .share_min <= 1.000001 and
			.fairness_jain >= 0.5 and .fairness_jain <= 1.000001'
		arm $a '.metrics | .bystander_share > 0 and .bystander_slowdown > 0.8'
	done
	[ ! -s "$case/left" ]
}

@test "hints: what publishing costs is measured where there is publishing" {
	of publish
	arm urgent '.vms[0].workload | .publish_ns != null and .switch_ns > 0'
	arm off '.vms[0].workload | .publish_ns == null and .switch_ns > 0'
	arm urgent '.metrics | .share_min == null and .bystander_share == null'
}
