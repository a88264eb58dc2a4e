# SPDX-License-Identifier: GPL-2.0-only
#
# What the documents show of the samples and no report has: tables, and figures within sentences.
# Input: { NAME: { summary: its summary.json, runs: [the lines of its runs.ndjson] } }, and
# { "costs-KERNEL": { COST: its line } };
# $what is the table, or "claims". See update.

def sample($name): .[$name] // error("there is no results/sample/" + $name);

# --- numbers ---

def median: sort | if length == 0 then null
	elif length % 2 == 1 then .[length / 2 | floor]
	else (.[length / 2] + .[length / 2 - 1]) / 2 end;

def geomean: (map(log) | add / length) | exp;

# @digits behind the point, all of them
def fixed($digits): if . == null then "-" else
	(if . < 0 then "-" else "" end) + (fabs * pow(10; $digits) | round | tostring |
		("0" * ($digits + 1 - length) // "") + . |
		if $digits == 0 then . else .[:-$digits] + "." + .[-$digits:] end) end;

# three digits that count, as in a report
def digits: if . == null then "-" elif . == floor or fabs >= 100 then fixed(0)
	elif fabs >= 10 then fixed(1) elif fabs >= 1 then fixed(2) else fixed(3) end;

def probability: if . == null then "-" elif . < 0.0001 then "p<0.0001"
	elif . < 0.001 then "p=" + fixed(4) elif . < 0.1 then "p=" + fixed(3)
	else "p=" + fixed(2) end;

# "+4.4", "+0.30": as in a report
def percent: (fabs * 100) as $a | . * 100 | if $a < 1e-7 then "0"
	elif $a < 0.00995 then fixed(4) elif $a < 0.0995 then fixed(3) elif $a < 0.995 then fixed(2)
	elif $a < 9.95 then fixed(1) else fixed(0) end | if startswith("-") then . else "+" + . end;

# --- what there is of an arm ---

def measured($arms): [.runs[] | select(.ok and (.warmup | not) and (.arm | IN($arms[])))];
def of_runs($arm; f): measured([$arm]) | map(f) | if all(. == null) then null else median end;
def of_arm($arm; $metric): .summary.arms[] | select(.name == $arm) | .metrics[$metric];
def interval: .interval_95 | if . == null then "" else " [" + (map(digits) | join(", ")) + "]" end;
def middle($arm; $metric): of_arm($arm; $metric) | .median // .merged_percentile // .geometric_mean // .share;
def estimate($arm; $metric): (middle($arm; $metric) | digits) + (of_arm($arm; $metric) | interval);
def compared($arm; $base; $metric): .summary.comparisons[] |
	select(.arm == $arm and .baseline == $base and .metric == $metric);
# "+4.4 % [+2.5, +8.8]"
def change($arm; $base; $metric): compared($arm; $base; $metric) |
	(.change | percent) + " % [" + (.change_interval_95 | map(percent) | join(", ")) + "]";

# the mean over the VMs, and the slowest VM
def contended: [.vms[].contended_s] | add / length;
def slowest: [.vms[].contended_s] | max;

# How many times as long as alone on the baseline do the runs of an arm take?
def slowdown($arm): middle($arm; "slowdown");

# --- tables ---

def row: "| " + join(" | ") + " |";
def table($head; $align; rows): ($head | row), ($align | row), (rows | row);

# policies-2vm: from stock to a policy, step by step
def steps: sample("policies-2vm") |
	table(["arm", "time contended (s)", "exits", "IPIs between vCPUs", "CPU time of vCPUs (s)"];
		["---", "---:", "---:", "---:", "---:"];
		.summary.arms[].name as $arm | [$arm, (middle($arm; "contended_s") | digits),
			(middle($arm; "exits") | digits),
			(of_runs($arm; .policy_counters.ipis) |
				if . == null then "not counted" else digits end),
			(of_runs($arm; .metrics.run_s) | digits)]);

def verdict($arm; $base; $metric; $name): compared($arm; $base; $metric) as $c |
	$name + " " + estimate($arm; $metric) + " against " +
	(middle($base; $metric) | digits) + ": " +
	(if $c.verdict == "~" or $c.verdict == "-" then $c.verdict
		else "**" + $c.verdict + "**" end) + " (" + ($c.p | probability) + ")";

# The controls: urgent against off, two arms of one kernel
def controls:
	def times: verdict("urgent"; "off"; "contended_s"; "time contended (s)");
	def exits: verdict("urgent"; "off"; "exits"; "exits");
	table(["control", "expected", "found: `urgent` against `off`"]; ["---", "---", "---"];
		(sample("cpu-2vm") | ["`cpu-2vm.json`", "no difference", times + "; " + exits]),
		(sample("pinned-2vm") | ["`pinned-2vm.json`", "no moves; little else",
			(of_runs("urgent"; .policy_counters.moved) | digits) + " moves; " + times + "; " + exits]),
		(sample("hackbench-1vm") | ["`hackbench-1vm.json`", "no gain",
			verdict("urgent"; "off"; "elapsed_s"; "time (s)") + "; " + exits]),
		(sample("fairness-2vm") | ["`fairness-2vm.json`", "shares as before, bystander no slower",
			verdict("urgent"; "off"; "bystander_slowdown"; "slowdown of the bystander") + "; " +
			verdict("urgent"; "off"; "share_min"; "`share_min`")]),
		(sample("publish-1vm") | ["`publish-1vm.json`", "0 ns",
			"publishing two hints: " + estimate("null"; "publish_ns") + " ns, beside " +
			(middle("null"; "switch_ns") | digits) + " ns for a context switch"]),
		(sample("aa-2vm") | ["`aa-2vm.json`", "at most 1 verdict in 20 is false",
			"`null-b` against `null-a`: " +
			verdict("null-b"; "null-a"; "contended_s"; "time contended (s)") + "; " +
			([.summary.comparisons[] | select(.verdict != "~" and .verdict != "-")] | length |
				tostring) + " verdicts besides ~ in " +
			([.summary.comparisons[] | select(.p != null)] | length | tostring)]));

# "worse, +6.9 % [+0.9, +13] (p=0.029)"
def effect($arm; $base; $metric): compared($arm; $base; $metric) as $c |
	$c.verdict + ", " + change($arm; $base; $metric) + " (" + ($c.p | probability) + ")";

# Samples of one experiment that differ in the length of a round
def rounds: . as $all |
	table(["experiment", "round (ns)", "slowdown of `urgent`, against `stock`", "against `off`"];
		["---", "---:", "---", "---"];
		["hackbench-2vm", "ipi-2vm"][] as $name |
		[$all | to_entries[] | select(.key | . == $name or startswith($name + "-round"))] |
		map(.value) | sort_by(.summary.round_ns)[] |
		[$name, (.summary.round_ns | tostring),
			effect("urgent"; "stock"; "slowdown"), effect("urgent"; "off"; "slowdown")]);

# Samples of one experiment, by another version of the kit: other random draws
def again: . as $all |
	def effect($sample; $base): $all | sample($sample) | effect("urgent"; $base; "slowdown");
	table(["experiment", "slowdown of `urgent`", "first", "again"]; ["---", "---", "---", "---"];
		("hackbench-2vm", "ipi-2vm") as $name | ("stock", "off") as $base |
		[$name, "against `\($base)`", effect($name; $base), effect($name + "-again"; $base)]);

# Samples of urgent with another default of the parameter "lever" each
def levers: . as $all |
	def runs($lever; $workload): $all | sample("lever-\($lever)-\($workload)") | measured(["urgent"]);
	def counted($lever; $workload; $counter): runs($lever; $workload) |
		map(.policy_counters[$counter]) | add;
	def latency($lever; $workload): counted($lever; $workload; "latency_ns_sum") /
		counted($lever; $workload; "latency_n") / 1e6 | digits;
	def contended_ms($lever; $workload): runs($lever; $workload) | map(slowest * 1000) | median | round;
	table(["lever", "boosts", "latency, `ipi` (ms)", "latency, `hackbench` (ms)", "`ipi` contended (ms)",
			"`hackbench` contended (ms)"]; ["---", "---:", "---:", "---:", "---:", "---:"];
		("none", "yield", "slice", "nice", "fifo") as $lever | ["`\($lever)`",
			([("ipi", "hackbench") as $workload | counted($lever; $workload; "applied")] | add),
			latency($lever; "ipi"), latency($lever; "hackbench"),
			contended_ms($lever; "ipi"), contended_ms($lever; "hackbench")]);

# --- what run-experiment costs --json printed ---

def cost($kernel; $name): sample("costs-" + $kernel)[$name] // error("no cost: " + $name);
def ns($kernel; $name): cost($kernel; $name).median_ns;
def us: if . >= 1000 then . / 1000 | digits + " us" else fixed(0) + " ns" end;

# what the series costs when it is off
def costs: table(["cost (ns)", "stock", "vhint, off", "batches of stock"];
	["---", "---:", "---:", "---"];
	("VM exit (CPUID)", "VM exit to user space and back", "IPI to running vCPU and answer",
		"context switch (pipe)", "system call (getppid)") as $name |
	[$name, (ns("stock"; $name) | fixed(2)), (ns("vhint"; $name) | fixed(2)),
		(cost("stock"; $name).batches_ns | "\(min | fixed(2)) to \(max | fixed(2))")]);

# --- figures within sentences: [document, what it says] ---

# the standard deviation of time contended of the runs in a boot, pooled over the boots
def within_boots($arm): [measured([$arm]) | group_by(.boot)[] | map(contended) |
	(add / length) as $mean | { of: (map(pow(. - $mean; 2)) | add), n: (length - 1) }] |
	(map(.of) | add) / (map(.n) | add) | sqrt;

# "+0.7 % [-1.0, +2.4]": what the VM that ran alone before takes, contended, against the other VM; the
# interval is of the mean of the logs and its standard error (runs within a boot are taken as independent)
def after_alone: map((.vms[0].contended_s / .vms[1].contended_s) | log) | length as $n |
	(add / $n) as $mean | (map(pow(. - $mean; 2)) | add / ($n - 1) / $n | sqrt * 1.96) as $half |
	[$mean, $mean - $half, $mean + $half] | map((exp - 1) | percent) | "\(.[0]) % [\(.[1]), \(.[2])]";

# "0.16 % [0.093, 0.23]": what urgent adds to the time alone of off
def added: change("urgent"; "off"; "alone_s") | gsub("\\+"; "");

def claims:
	((("VM exit (CPUID)", "VM exit to user space and back", "IPI to running vCPU and answer",
			"IPI to halted vCPU and answer", "nested page fault", "system call (getppid)",
			"PAUSE") as $row | ["src/lab/README.md", "| \($row) | \(ns("vhint"; $row) | us)"]),
	["src/lab/README.md", "| context switch | " + (ns("vhint"; "context switch (pipe)") | us)],
	["src/lab/README.md", "| interrupt to halted vCPU, polled or not | " +
		(ns("vhint"; "interrupt to halted vCPU, KVM polls") | us | rtrimstr(" us")) + ", " +
		(ns("vhint"; "interrupt to halted vCPU") | us)],
	["README.md", "A VM exit that the kernel handles takes " +
		"\(ns("stock"; "VM exit (CPUID)") | round) instructions on `stock` and " +
		"\(ns("vhint"; "VM exit (CPUID)") | round) on `off`; a context switch takes " +
		"\(ns("stock"; "context switch (pipe)") | round) and " +
		"\(ns("vhint"; "context switch (pipe)") | round). An exit to user space takes " +
			"\(ns("stock"; "VM exit to user space and back") | round) and " +
			"\(ns("vhint"; "VM exit to user space and back") | round)."]),
	(sample("ipi-2vm") |
		(measured(["stock", "off"]) | map(slowest)) as $without |
		(measured(["urgent"]) | map(slowest)) as $with |
		($without | map(select(. >= 2)) | length) as $slow |
		["README.md", "\($slow) of the \($without | length) runs " +
			"of `stock` and `off` took 2 s or more; " +
			(2 * middle("stock"; "alone_s") | fixed(2)) + " s is the ideal"],
		["results/README.md", "the slowest run there takes " +
			"\(($without | max) / middle("stock"; "alone_s") | fixed(1)) times"],
		["README.md", "`stock` takes \(slowdown("stock") | round) times as long as alone"],
		["README.md", "`urgent` takes \(slowdown("urgent") | fixed(1)) times as long as alone"],
		["README.md", "`urgent` adds \(added) to the time alone in `ipi-2vm`"],
		["src/policy/README.md", "\($slow) of \($without | length) runs took 2 to \($without | max | fixed(1)) s"],
		["src/policy/README.md", "all \($with | length) runs took \($with | min | fixed(2)) to " +
			"\($with | max | fixed(2)) s"],
		["src/policy/README.md", "the slowdown is " + change("urgent"; "off"; "slowdown") +
			" (" + (compared("urgent"; "off"; "slowdown").p | probability) + ")"],
		["src/policy/README.md", "the 99th percentile of a call is " +
			"\(middle("urgent"; "call_p99_us") | round) µs instead of " +
			"\(middle("off"; "call_p99_us") / 1000 | fixed(1)) ms"],
		["src/policy/README.md", "(\(measured(["off"]) | map(.metrics.spin_yields) | add) yields in " +
			"its \(measured(["off"]) | length) runs)"]),
	(sample("hackbench-2vm") |
		["README.md", "`urgent` takes \(slowdown("urgent") | fixed(2)) times as long as alone, " +
			"`stock` \(slowdown("stock") | fixed(2)) times. The difference is " +
			change("urgent"; "stock"; "slowdown")],
		["src/policy/README.md", "`stock` takes \(slowdown("stock") | fixed(2)) times"],
		["src/policy/README.md", "a slowdown that is \(change("urgent"; "stock"; "slowdown") |
			ltrimstr("+")) larger than that of `stock`"],
		["src/policy/README.md", "(\(change("urgent"; "off"; "slowdown") | sub("^[^[]*"; "")) %, " +
			(compared("urgent"; "off"; "slowdown").p | probability) + ")"],
		["src/policy/README.md", "\(middle("urgent"; "exits") | digits) exits, `off` " +
			(middle("off"; "exits") | digits)],
		["results/README.md", ([.summary.arms[].name as $arm | within_boots($arm) * 1000] |
			"\(min | round) to \(max | round) ms within a boot")]),
	(sample("ipi-2vm-again") | compared("urgent"; "off"; "alone_s") as $c |
		["README.md", "the second measurement finds \(added), but shows " +
			(if $c.verdict == "~" then "no" else "a" end) + " difference by the adjusted p"]),
	(sample("pinned-2vm") |
		["src/policy/README.md", "`off` has \(middle("off"; "exits") | digits) exits, and"],
		["src/policy/README.md", "`urgent` has \(middle("urgent"; "exits") | digits) (" +
			(compared("urgent"; "off"; "exits").p | probability) + ")"],
		["src/policy/README.md", "The slowdown of `off` is \(estimate("off"; "slowdown")) pinned"]),
	(sample("hackbench-2vm") |
		["src/policy/README.md", "and \(middle("off"; "exits") | digits) in `hackbench-2vm.json`"],
		["src/policy/README.md", "pinned and \(estimate("off"; "slowdown")) not pinned"],
		["results/README.md", (
			[of_arm("stock", "off", "urgent"; "slowdown").variance_of_log |
				.between_boots / (.between_boots + .within_boots) * 100 | round] |
			"in `stock`, \(.[0]) % of its variance is between boots; " +
			"in `off` and `urgent`, \(.[1:] | max) %")]),
	(sample("policies-2vm") |
		["src/policy/README.md", (if [(["off", "stock"], ["null", "off"], ["urgent", "off"]) as [$arm, $base] |
			compared($arm; $base; "slowdown").p] | all(. >= 0.05) then "No" else "A" end) +
			" step changes the slowdown at p < 0.05"],
		["src/policy/README.md", "(" + change("urgent"; "stock"; "slowdown") + ", " +
			(compared("urgent"; "stock"; "slowdown") |
				"\(.p | probability); verdict `\(.verdict)`)")],
		(measured(["stock", "off", "null", "urgent"]) | map(.metrics.exits | select(. < 10000)) |
			["src/policy/README.md", "a run has about \(min / 100 | round * 100) to " +
				"\(max / 100 | round * 100) exits"])),
	([sample("hackbench-2vm", "hackbench-2vm-again") |
			compared("urgent"; "stock", "off"; "slowdown").minimum_detectable * 100] |
		["results/README.md", "such designs find \(min | fixed(1)) to \(max | round) percent"]),
	(sample("aa-2vm") | [middle("null-a", "null-b"; "alone_s")] | ["experiments/README.md",
		"`aa-2vm.json` takes \(min | fixed(3)) and \(max | fixed(3)) s " +
		"(\(min / 0.0014 | round) and \(max / 0.0014 | round) slices)"]),
	(sample("ipi-2vm") | middle("stock"; "alone_s") | ["experiments/README.md",
		"whose \(fixed(3)) s are \(. / 0.0021 | round) slices with 5 CPUs"]),
	(sample("soak-2vm") | middle(.summary.baseline; "alone_s") | ["experiments/README.md",
		"`soak-2vm.json` \(fixed(3)) s (\(. / 0.0014 | round) slices)"]),
	(sample("hackbench-2vm-again") |
		["README.md", "the two comparisons say " + change("urgent"; "stock"; "slowdown") + " and " +
			change("urgent"; "off"; "slowdown")]),
	(sample("fairness-2vm") |
		(compared("urgent"; "off"; "slowdown") | ["README.md", "become " +
			"\(-.change | percent | ltrimstr("+")) % [" +
			(.change_interval_95 | map(-. | percent | ltrimstr("+")) | reverse | join(", ")) +
			"] faster (\(.p | probability))"]),
		(("README.md", "src/policy/README.md") as $document | [$document,
			"runs \(middle("urgent"; "bystander_slowdown") | fixed(2)) times slower, instead of " +
			"\(middle("off"; "bystander_slowdown") | fixed(2)) times: " +
			change("urgent"; "off"; "bystander_slowdown")]),
		["src/policy/README.md", "is \(middle("urgent"; "share_min") | fixed(3)) against " +
			"\(middle("off"; "share_min") | fixed(3)) of `off` (" + change("urgent"; "off"; "share_min")]),
	([sample("hackbench-2vm", "hackbench-2vm-again") | measured(["stock", "off", "urgent"])[]] |
		["results/README.md", "in \(length) runs of `hackbench-2vm` its time contended was " + after_alone]),
	([sample("lever-yield-ipi", "lever-yield-hackbench").runs[].policy_counters] |
		["src/policy/README.md", "did \(map(.yields_done) | add) of the " +
			"\(map(.yields_asked) | add) yields"]),
	([.[] | select(.runs)] |
		# what was lost has another line, or an end that is not "done" where ends are on file
		(if all(.[]; (.runs | all(.ok and (.attempt // 1) == 1)) and
				(.summary.attempts.boots | all(.instance == 1 and (.ended // "done") == "done")))
			then "No guest was lost" else "Guests were lost" end) as $lost |
		["src/lab/README.md", $lost + " in the " +
			"\(map([.runs[].boot] | unique | length) | add) boots and " +
			"\(map(.runs | length) | add) runs"]);

if $what == "claims" then claims | @tsv
elif $what == "costs" then costs
elif $what == "steps" then steps
elif $what == "controls" then controls
elif $what == "rounds" then rounds
elif $what == "levers" then levers
elif $what == "again" then again
else error("no such table: " + $what) end
