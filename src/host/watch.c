// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is observed of the contended part beside the counters.
 */
#include <math.h>
#include <string.h>

#include "host/watch.h"
#include "measure/derived.h"
#include "measure/fairness.h"
#include "measure/policy_counters.h"

#define SAMPLE_MS	20	/* more often would cost CPU time of the host under test */

static void sample_runq(struct agent *a, void *data)
{
	struct watch *w = data;
	pid_t pids[EXP_MAX_VMS];
	char text[16384];
	int i, vcpus = 0;

	for (i = 0; i < a->nr_vms; i++) {
		pids[i] = a->vms[i].pid;
		vcpus += a->vms[i].spec->vcpus;
	}
	runq_add(&w->runq, runq_parse(policy_vcpus(text, sizeof(text)), pids, a->nr_vms, vcpus));
}

int watch_begin(struct agent *a, struct watch *w, bool hints)
{
	struct vh_err err;
	int i;

	for (i = 0; i < a->nr_vms; i++)
		w->weight[i] = bystander_vm_weight(a->vms[i].pid, a->vms[i].tids[0]);
	policy_bins("age", &w->age_begin);
	policy_bins("latency", &w->latency_begin);
	if (a->exp.bystander && bystander_start(&w->bystander, a->vms[0].pid, a->vms[0].tids[0],
						a->exp.cpus, &err))
		return agent_fail(a, KIND_HOST, "%s", err.msg);
	if (hints) {
		a->tick = (struct agent_tick){ sample_runq, w, SAMPLE_MS };
		w->runq = (struct runq_mean){ 0 };
	}
	return 0;
}

void watch_go(struct watch *w)
{
	bystander_go(&w->bystander);
}

void watch_end(struct agent *a, struct watch *w)
{
	struct bins end;

	w->bystander_share = bystander_share(&w->bystander);
	policy_bins("age", &end);
	bins_diff(&w->age, &w->age_begin, &end);
	policy_bins("latency", &end);
	bins_diff(&w->latency, &w->latency_begin, &end);
	watch_stop(a, w);
}

void watch_stop(struct agent *a, struct watch *w)
{
	a->tick = (struct agent_tick){ 0 };
	bystander_stop(&w->bystander);
}

static void fairness(const struct agent *a, const struct watch *w, const struct watch_input *in,
		     double *val)
{
	double got[EXP_MAX_VMS], wants[EXP_MAX_VMS], due[EXP_MAX_VMS], all = 0;
	int i;

	for (i = 0; i < a->nr_vms; i++) {
		const char *name = a->vms[i].spec->name;

		got[i] = meas_one(a->meas, name, "run_s", in->begin, in->end);
		wants[i] = got[i] + meas_one(a->meas, name, "run_delay_s", in->begin, in->end);
		all += got[i];
		if (isnan(wants[i]))
			return;
	}
	if (a->nr_vms < 2)
		return;
	fair_entitle(wants, w->weight, a->nr_vms, all, due);
	val[DERIVED_SHARE_MIN] = fair_share_min(got, due, a->nr_vms);
	val[DERIVED_JAIN] = fair_jain(got, due, a->nr_vms);
}

static json_object *decimal(double x)
{
	return isnan(x) ? NULL : json_object_new_double(x);
}

json_object *watch_json(const struct agent *a, const struct watch *w)
{
	json_object *o = json_object_new_object(), *runq = json_object_new_object();
	json_object *weight = json_object_new_object();
	int i;

	json_object_object_add(runq, "mean", decimal(runq_mean(&w->runq)));
	json_object_object_add(runq, "sd", decimal(runq_sd(&w->runq)));
	json_object_object_add(runq, "n", json_object_new_int(w->runq.n));
	json_object_object_add(o, "runq_declared", runq);
	for (i = 0; i < a->nr_vms; i++)
		json_object_object_add(weight, a->vms[i].spec->name, decimal(w->weight[i]));
	json_object_object_add(o, "cpu_weight", weight);
	return o;
}

static double number(json_object *o, const char *key)
{
	json_object *v = NULL;

	return json_object_object_get_ex(o, key, &v) && v ? json_object_get_double(v) : NAN;
}

/* To its stop where its load went on, else to its end. */
static double runq_of(const struct guest_msg *done, const struct guest_msg *stopped)
{
	double tasks = number(stopped->json, "runnable_mean");
	json_object *o = NULL;

	if (!isnan(tasks))
		return tasks;
	json_object_object_get_ex(done->json, "result", &o);
	json_object_object_get_ex(o, "guest", &o);
	return number(o, "runnable_mean");
}

void watch_metrics(const struct agent *a, const struct watch *w, const struct watch_input *in,
		   json_object *metrics)
{
	double val[DERIVED_NR];
	int i;

	for (i = 0; i < DERIVED_NR; i++)
		val[i] = NAN;
	fairness(a, w, in, val);
	val[DERIVED_BYSTANDER_SHARE] = w->bystander_share;
	val[DERIVED_BYSTANDER_SLOWDOWN] = w->bystander_share > 0 ? 1 / w->bystander_share : NAN;
	val[DERIVED_AGE_P50] = bins_percentile(&w->age, 50) / 1e3;
	val[DERIVED_AGE_P99] = bins_percentile(&w->age, 99) / 1e3;
	val[DERIVED_LATENCY_P50] = bins_percentile(&w->latency, 50) / 1e3;
	val[DERIVED_LATENCY_P99] = bins_percentile(&w->latency, 99) / 1e3;
	val[DERIVED_IPI_DECLARED] = derived_ratio(in->policy, "ipis_declared", "ipis");
	val[DERIVED_HALT_DECLARED] = derived_ratio(in->policy, "halts_declared", "halts");
	val[DERIVED_RUNQ_DECLARED] = runq_mean(&w->runq);
	val[DERIVED_RUNQ_ACTUAL] = 0;
	for (i = 0; i < a->nr_vms; i++)
		val[DERIVED_RUNQ_ACTUAL] += runq_of(&in->done[i], &in->stopped[i]);
	derived_add(metrics, val);
}
