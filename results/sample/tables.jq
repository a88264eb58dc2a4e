# SPDX-License-Identifier: GPL-2.0-only
#
# What the documents show of the samples and no report has: tables, and figures within sentences.
# Input: { NAME: { summary: its summary.json, runs: [the lines of its runs.ndjson] } };
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

# --- what there is of an arm ---

def measured($arm): [.runs[] | select(.ok and (.warmup | not) and .arm == $arm)];
def of_runs($arm; f): measured($arm) | map(f) | if all(. == null) then null else median end;
def of_arm($arm; $metric): .summary.arms[] | select(.name == $arm) | .metrics[$metric];
def interval: .interval_95 | if . == null then "" else " [" + (map(digits) | join(", ")) + "]" end;
def estimate($arm; $metric): of_arm($arm; $metric) | (.median | digits) + interval;
def compared($arm; $base; $metric): .summary.comparisons[] |
	select(.arm == $arm and .baseline == $base and .metric == $metric);

# the mean over the VMs, and the slowest VM
def contended: [.vms[].contended_s] | add / length;
def slowest: [.vms[].contended_s] | max;

# How many times as long as alone on the baseline do the runs of an arm take?
def slowdown($arm): ([measured(.summary.baseline)[].vms[].alone_s | numbers] | median) as $alone |
	measured($arm) | map(contended / $alone) | geomean;

# --- tables ---

def row: "| " + join(" | ") + " |";
def table($head; $align; rows): ($head | row), ($align | row), (rows | row);

# policies-2vm: from stock to a policy, step by step
def steps: sample("policies-2vm") |
	table(["arm", "time contended (s)", "exits", "IPIs between vCPUs", "CPU time of vCPUs (s)"];
		["---", "---:", "---:", "---:", "---:"];
		.summary.arms[].name as $arm | [$arm, (of_arm($arm; "contended_s").median | digits),
			(of_arm($arm; "exits").median | digits),
			(of_runs($arm; .policy_counters.ipis) |
				if . == null then "not counted" else digits end),
			(of_runs($arm; .metrics.run_s) | digits)]);

def verdict($arm; $base; $metric; $name): compared($arm; $base; $metric) as $c |
	$name + " " + estimate($arm; $metric) + " against " +
	(of_arm($base; $metric).median | digits) + ": " +
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
		(sample("hackbench-1vm") | ["`hackbench-1vm.json`", "no gain", times + "; " + exits]),
		(sample("fairness-2vm") | ["`fairness-2vm.json`", "shares as before, bystander no slower",
			verdict("urgent"; "off"; "bystander_slowdown"; "slowdown of the bystander") + "; " +
			verdict("urgent"; "off"; "share_min"; "`share_min`")]),
		(sample("publish-1vm") | ["`publish-1vm.json`", "0 ns",
			"publishing two hints: " + estimate("null"; "publish_ns") + " ns, beside " +
			(of_arm("null"; "switch_ns").median | digits) + " ns for a context switch"]),
		(sample("aa-2vm") | ["`aa-2vm.json`", "at most 1 verdict in 20 is false",
			"`null-b` against `null-a`: " +
			verdict("null-b"; "null-a"; "contended_s"; "time contended (s)") + "; " +
			([.summary.comparisons[] | select(.verdict != "~" and .verdict != "-")] | length |
				tostring) + " verdicts besides ~ in " +
			([.summary.comparisons[] | select(.p != null)] | length | tostring)]));

# Samples of one experiment that differ in the length of a round
def rounds: . as $all |
	table(["experiment", "round (ns)", "`stock` contended (s)", "`off`", "`urgent`"];
		["---", "---:", "---", "---", "---"];
		["hackbench-2vm", "ipi-2vm"][] as $name |
		[$all[] | select(.summary.experiment == $name)] | sort_by(.summary.round_ns)[] |
		[$name, (.summary.round_ns | tostring),
			estimate("stock"; "contended_s"), estimate("off"; "contended_s"),
			estimate("urgent"; "contended_s")]);

# --- figures within sentences: [document, what it says] ---

def claims: . as $all |
	(sample("ipi-2vm") |
		["README.md", "\([measured("stock", "off")[] | select(slowest >= 2)] | length) of " +
			"\([measured("stock", "off")[]] | length) runs took 2 s or more"],
		["README.md", "`urgent` takes \(slowdown("urgent") | fixed(1)) times as long as alone"],
		["README.md", "`stock` takes \(slowdown("stock") | round) times"]),
	(sample("hackbench-2vm") |
		["README.md", "\(slowdown("urgent") | fixed(2)) times as long as alone, `stock` " +
			"\(slowdown("stock") | fixed(2)) times"]);

if $what == "claims" then claims | @tsv
elif $what == "steps" then steps
elif $what == "controls" then controls
elif $what == "rounds" then rounds
else error("no such table: " + $what) end
