#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Hints on a real (if emulated) vhint host: that a run tells how good they were, that
# nothing which was decided or tried is lost between the counters, and that no figure
# is made up. No figure is judged. One boot of the lab, by setup_file.

bats_require_minimum_version 1.5.0

load fixtures/lab-case

setup_file() {
	local hints='.workload = { name: "hackbench", args: [ "-g", "1", "-l", "30" ] } |
		.arms = [ { name: "off", kernel: "vhint", policy: "none", hints: false },
			{ name: "urgent", kernel: "vhint", policy: "urgent", hints: true } ] |
		.baseline = "off" | .metrics = [ "boosts" ] |
		.plan.boots = [ { kernel: "vhint", runs: [
			{ id: 0, arm: "off", rep: 0, warmup: false },
			{ id: 1, arm: "urgent", rep: 0, warmup: false } ] } ]'

	new_case two "$hints"' | .vms[0].count = 2 | .bystander = true'
	new_case publish "$hints"' | .workload = { name: "publish", args: [ "--pairs", "5", "--passes", "50" ] }'
	run_cases vhint
}

# good CASE
good() {
	of "$1"
	[ "$(<"$case/status")" -eq 0 ]
}

# arm NAME FILTER: holds for the record of that arm
arm() {
	jq -es --arg arm "$1" "map(select(.arm == \$arm))[0] | $2" "$case/runs-boot0.ndjson" >/dev/null
}

@test "hints: their age when the policy was asked, and how fast it got its way" {
	good two
	arm urgent '.hint_age | .unit == "ns" and (.bins | length > 0 and all(.[0] > 0 and .[1] > 0))'
	arm urgent '.metrics | .hint_age_p50_us > 0 and .hint_age_p50_us <= .hint_age_p99_us'
	arm urgent '.boost_latency | .unit == "ns" and (.bins | length > 0 and all(.[1] > 0))'
	arm off '.hint_age == null and .boost_latency == null and .metrics.hint_age_p50_us == null'
}

@test "hints: declared against true" {
	good two
	# hackbench wakes by IPI, and each sleeper says so before it halts
	arm urgent '.metrics | [ .ipi_declared_ratio, .halt_declared_ratio ] |
		all(. != null and . > 0.8 and . <= 1)'
	arm urgent '.policy_counters | .ipis > 100 and .halts > 10'
	arm urgent '.metrics.runq_declared > 0'
	arm off '.metrics | .runq_declared == null and .ipi_declared_ratio == null'
	arm off '.metrics.runq_actual > 0'
	arm urgent '.metrics.runq_actual > 0'
}

@test "hints: urgent decides, and gets both of its ways: vCPUs are moved, and boosted" {
	good two
	arm urgent '.metrics | .hints_seen > 100 and .decided > 10 and .moves > 0 and .boosts > 0'
	# whoever is moved or boosted gets on a CPU, and how soon is known
	arm urgent '([ .boost_latency.bins[][1] ] | add) as $n | .policy_counters |
		$n > 0 and $n <= .moved + .applied + .repaid'
	arm off '.metrics | .decided == null and .moves == null and .boosts == null'
}

@test "hints: every decision is accounted for" {
	good two
	# moves are done by a thread: those of 4 vCPUs may be on their way at either end
	arm urgent '.policy_counters | .decided - .moved - .applied - .throttled -
		([ to_entries[] | select(.key | startswith("refused_")) | .value ] | add) |
		. >= -4 and . <= 4'
	arm urgent '.policy_counters | .decided == .reason_waited_for + .reason_woken'
	# and so is every boost, but for those of 4 vCPUs that are in force at either end
	arm urgent '.policy_counters | .applied + .repaid - .restored | . >= -4 and . <= 4'
}

@test "hints: every directed yield is accounted for, on both paths, without a policy too" {
	good two
	for a in off urgent; do
		arm $a '.metrics | .yields != null and
			.yields == .yields_ok + .yields_refused + .yields_alone + .yields_no_target'
		arm $a '.metrics | .spin_yields != null and .spin_yields ==
			.spin_yields_ok + .spin_yields_refused + .spin_yields_alone'
	done
}

@test "hints: shares, and nobody of the bystander's is left" {
	good two
	for a in off urgent; do
		arm $a '.metrics | .share_min > 0 and .share_min <= 1.000001 and
			.fairness_jain >= 0.5 and .fairness_jain <= 1.000001'
		arm $a '.metrics | .bystander_share > 0 and .bystander_slowdown > 0.8'
	done
	[ ! -s "$case/left" ]
}

@test "hints: what publishing costs is measured where there is publishing" {
	good publish
	arm urgent '.vms[0].workload | .publish_ns != null and .switch_ns > 0'
	arm off '.vms[0].workload | .publish_ns == null and .switch_ns > 0'
	arm urgent '.metrics | .share_min == null and .bystander_share == null'
}
