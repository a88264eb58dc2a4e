#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The agent on a real (if emulated) host with real VMs: that a run leaves what it should,
# and that each way in which a guest, libvirt or the user can end one is told apart, ends
# in time, and leaves no VM. All cases are run in one boot of the lab, by setup_file.

bats_require_minimum_version 1.5.0

load fixtures/lab-case

setup_file() {
	new_case good '.bystander = true | .vms[0].count = 2 | .vms[0].name = "vm" | .workload.args[1] = "1" |
		.plan.boots[0].runs += [ { id: 1, arm: "stock", rep: 1, warmup: false } ]'
	new_case panic-boot '.vms[0].kernel_args = "rdinit=/bin/none init=/bin/none"'
	new_case silent '.vms[0].kernel_args = "rdinit=/bin/sh" | .timeout_s = 15'
	new_case panic-run '.vms[0].kernel_args = "unknown_nmi_panic"'
	new_case dead-run '.'
	new_case slow '.timeout_s = 3'
	new_case refused '.workload = { name: "hackbench", args: [ "-g", "999", "-l", "1" ] }'
	new_case kernel '.arms[0].kernel = "vhint" | .plan.boots[0].kernel = "vhint"'
	new_case interrupt '.bystander = true'
	new_case killed '.bystander = true'
	new_case libvirtd '.'
	new_case full '.workload.args[1] = "60" |
		.plan.boots[0].runs += [ { id: 1, arm: "stock", rep: 1, warmup: false } ]'
	run_cases stock
}

# ended STATUS KIND TEXT...: so it ended, and an error event of that kind has those texts
ended() {
	local text

	[ "$(<"$case/status")" -eq "$1" ]
	for text in "${@:3}"; do
		jq -es --arg kind "$2" --arg text "$text" 'map(select(.event == "error" and
			.kind == $kind and (.message | contains($text)))) | length > 0' \
			"$case/events" >/dev/null
	done
	[ ! -s "$case/left" ]
}

# record FILTER: holds for the last record
record() {
	tail -n 1 "$case/runs-boot0.ndjson" | jq -e "$1" >/dev/null
}

@test "agent: runs end well, with all that belongs to them on file" {
	of good
	[ "$(<"$case/status")" -eq 0 ]
	[ "$(wc -l <"$case/runs-boot0.ndjson")" -eq 2 ]
	jq -es 'map(.ok) | all' "$case/runs-boot0.ndjson"
	record '.run == 1 and .arm == "stock" and .rep == 1 and .error == null'
	record '.vms[0].alone_s == null and .vms[1].alone_s > 0'
	record '[ .vms[].contended_s ] | all(. > 0)'
	for f in domain-vm1.xml console-vm2.log guest.json counters.json; do
		[ -e "$case/runs/001-stock/$f" ]
	done
	xmllint --noout "$case/runs/001-stock/domain-vm1.xml"
}

@test "agent: shares of the VMs and of the bystander, null where nobody declares anything" {
	of good
	record '.metrics | .share_min > 0 and .share_min <= 1.000001'
	record '.metrics | .fairness_jain >= 0.5 and .fairness_jain <= 1.000001'
	record '.metrics | .bystander_share > 0 and .bystander_share < 1.2'
	record '.metrics | .bystander_slowdown * .bystander_share | . > 0.99 and . < 1.01'
	record '.metrics | .runq_actual > 0 and .runq_declared == null'
	record '.hint_age == null and .boost_latency == null'
	record '.metrics | .ipi_declared_ratio == null and .hint_age_p50_us == null'
	record '.metrics | .yields != null and .yields_refused == null'
	[ ! -s "$case/left" ]
}

@test "agent: kill -9 leaves no bystander and no VM" {
	of killed
	[ "$(<"$case/status")" -eq 137 ]
	[ -s "$case/bystander" ]
	[ ! -s "$case/left" ]
}

@test "agent: what this host cannot count is null, the rest is not" {
	of good
	record '.metrics | .cycles == null and .instructions == null and .boosts == null'
	record '.metrics | .run_delay_s > 0 and .exits > 0 and .ctx_switches > 0 and .run_s > 0'
	record '.metrics.hints_seen == 0'
}

@test "agent: a metric that costs is measured where it is named, and agrees with KVM's" {
	of good
	record '.metrics | .tp_kvm_exit > 0.5 * .exits and .tp_kvm_exit < 2 * .exits'
	record '.metrics | has("tp_sched_switch") | not'
}

@test "agent: says how much of a CPU it took itself while VMs ran" {
	of good
	jq -es 'map(.agent_cpu_share | . > 0 and . < 1) | all' "$case/runs-boot0.ndjson"
}

@test "agent: vCPUs are pinned to the experiment's CPUs, QEMU's own threads to CPU 0" {
	of good
	jq -e '[ .vms[].vcpu_pins[] ] == [ "1-2", "1-2", "1-2", "1-2" ]' "$case/env-boot0.json"
	[ "$(xmllint --xpath 'string(//emulatorpin/@cpuset)' \
		"$case/runs/000-stock/domain-vm2.xml")" = 0 ]
}

@test "agent: an exit costs what hardware's does, and the kernel's own base slice stays" {
	of good
	jq -e '.calibration | .exit_ns >= 2000 and .exit_ns <= 4000 and
		.base_slice_ns == .base_slice_before_ns' "$case/env-boot0.json"
	[ "$(<"$case/slice")" -eq "$(jq .calibration.base_slice_before_ns \
		"$case/env-boot0.json")" ]
}

@test "agent: the host is on record: tunables, cgroups with weights, guests' features" {
	of good
	jq -e '.host.sched.debugfs.base_slice_ns | tonumber > 0' "$case/env-boot0.json"
	jq -e '. as $env | .vms | length == 2 and all(.vcpu_cgroup | sub("^0::"; "") |
		$env.cgroups[.]["cpu.weight"] | tonumber > 0)' "$case/env-boot0.json"
	jq -e '.guests.vm1.paravirt | (.features | index("steal-time") and index("pv-unhalt")) and
		(.messages | length > 0) and .clocksource == "kvm-clock"' "$case/env-boot0.json"
}

@test "agent: a guest that panics at boot is shown with its console's end" {
	of panic-boot
	ended 1 guest-panic "its kernel panicked (Requested init /bin/none failed"
}

@test "agent: a guest that panics in a run" {
	of panic-run
	ended 1 guest-panic "its kernel panicked (NMI: Not continuing)"
	record '.ok == false and .error_kind == "guest-panic"'
}

@test "agent: a guest that never answers" {
	of silent
	ended 1 guest-hang 'no "hello" within the 15 s of timeout_s'
}

@test "agent: a guest that is too slow" {
	of slow
	ended 1 guest-hang 'no "done" within the 3 s of timeout_s'
}

@test "agent: a VM that dies" {
	of dead-run
	ended 1 guest-dead "the VM ended"
}

@test "agent: a guest that reports an error" {
	of refused
	ended 1 guest-error "hackbench"
}

@test "agent: the wrong kernel for the boot: code 4, and what to do" {
	of kernel
	ended 4 host "6.12." "vhint" "boot that one"
	[ ! -e "$case/runs-boot0.ndjson" ]
}

@test "agent: ^C in the middle of a run" {
	of interrupt
	ended 1 interrupted "Interrupt"
	record '.ok == false and .error_kind == "interrupted"'
}

@test "agent: libvirtd dies in the middle of a run" {
	of libvirtd
	ended 1 libvirt "libvirtd closed the connection"
	record '.ok == false and .error_kind == "libvirt"'
}

@test "agent: a disk that fills up ends the boot, and what is complete is kept" {
	of full
	ended 1 io "No space left on device"
	jq -es 'length >= 1 and .[0].ok and (.[1:] | all(.ok | not))' "$case/runs-boot0.ndjson"
}
