// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each plot shows, as text for gnuplot.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "report/plot.h"
#include "report/words.h"

#define LOG_SPAN	20	/* values further apart than this need a logarithmic axis */

/* Okabe and Ito's colours, told apart by the colour-blind too; grey is the baseline's. */
static const char *const colours[] = {
	"#666666", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
};

/* The arm's place among the colours: the baseline first. */
static int colour_of(const struct report *r, int arm)
{
	return arm == r->e->baseline ? 0 : arm < r->e->baseline ? arm + 1 : arm;
}

/* In single quotes, where gnuplot knows no escape but the doubled quote. */
static void quote(const char *text, FILE *out)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', out);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
	fputc('\'', out);
}

static void head(const struct report *r, const struct plot *p, FILE *out)
{
	char title[320];
	int i;

	fprintf(out, "# %s: %s. Draw it again: gnuplot %s.gp\n", r->e->name, p->doc, p->name);
	fprintf(out, "reset session\n");
	fprintf(out, "set encoding utf8\n");
	fprintf(out, "set terminal svg noenhanced size 760,440 font 'sans-serif,14' "
		"background '#ffffff'\n");
	fprintf(out, "set output '%s.svg'\n", p->name);
	snprintf(title, sizeof(title), "%s: %s%s", r->e->name, p->title,
		 strcmp(r->e->where, "lab") ? "" :
		 exp_virtual(r->e) ? " - lab, virtual time" : " - lab (QEMU TCG)");
	fprintf(out, "set title ");
	quote(title, out);
	fprintf(out, " font ',15'\n");
	fprintf(out, "set grid y lc '#dddddd' lt 1\nset border 3\nset tics nomirror out\n");
	fprintf(out, "set bmargin 6\nset key at screen 0.5,0.02 center bottom horizontal samplen 1.5\n");
	fprintf(out, "set style fill solid 0.5 noborder\n");
	for (i = 0; i < (int)(sizeof(colours) / sizeof(colours[0])); i++)
		fprintf(out, "set linetype %d lc rgb '%s' lw 2 pt 7 ps 0.6\n", i + 1, colours[i]);
}

static void label(const char *axis, const struct report_col *col, FILE *out)
{
	char text[96];

	word_heading(text, sizeof(text), col);
	fprintf(out, "set %slabel ", axis);
	quote(text, out);
	fputc('\n', out);
}

/* Sideways, so that no two values hide each other: by the golden ratio, not by chance. */
static double aside(int i)
{
	return 0.3 * (fmod((i + 1) * 0.6180339887, 1) - 0.5);
}

static void scale(const struct report *r, int col, FILE *out)
{
	double min = INFINITY, max = 0;
	int i, j;

	for (i = 0; i < r->e->nr_arms; i++) {
		const struct report_series *s = &r->arms[i].col[col];

		for (j = 0; j < s->n; j++) {
			min = fmin(min, s->v[j]);
			max = fmax(max, s->v[j]);
		}
	}
	if (min > 0 && max > LOG_SPAN * min)
		fprintf(out, "set logscale y\nset format y '%%.3g'\n");
	else
		fprintf(out, "set yrange [0:%.9g]\n", max > 0 ? max * 1.08 : 1);
}

/* A column of points per arm; left of it the estimate in its interval. @ideal: or 0 */
static void strips(const struct report *r, const struct plot *p, int col, double ideal, FILE *out)
{
	int i, j, nr = r->e->nr_arms;

	head(r, p, out);
	label("y", &r->cols[col], out);
	scale(r, col, out);
	fprintf(out, "set xrange [-0.6:%.1f]\nset xtics (", nr - 0.4);
	for (i = 0; i < nr; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s (n=%d)", r->e->arms[i].name, r->arms[i].col[col].n);
		fprintf(out, i ? ", " : "");
		quote(text, out);
		fprintf(out, " %d", i);
	}
	fprintf(out, ")%s\n", nr > 4 ? " rotate by -20" : "");
	for (i = 0; i < nr; i++) {
		const struct report_series *s = &r->arms[i].col[col];

		fprintf(out, "$values%d << EOD\n", i);
		for (j = 0; j < s->n; j++)
			fprintf(out, "%.4f %.9g\n", i + aside(j), s->v[j]);
		if (!s->n)
			fprintf(out, "%d NaN\n", i);
		fprintf(out, "EOD\n$median%d << EOD\n%.2f %.9g %.9g %.9g\nEOD\n", i, i - 0.3,
			s->est.value, isnan(s->est.lo) ? s->est.value : s->est.lo,
			isnan(s->est.hi) ? s->est.value : s->est.hi);
	}
	fprintf(out, "plot ");
	if (ideal > 0)
		fprintf(out, "%.9g with lines lc rgb '#999999' dt 2 lw 1 title 'ideal', ", ideal);
	for (i = 0; i < nr; i++) {
		int c = colour_of(r, i) + 1;

		fprintf(out, "%s$values%d with points lt %d notitle, ", i ? ", " : "", i, c);
		fprintf(out, "$median%d with yerrorbars lt %d pt 5 ps 0.9 lw 2.5 notitle", i, c);
	}
	fprintf(out,
		", NaN with points pt 7 ps 0.6 lc rgb '#666666' title 'a repetition', NaN with yerrorbars pt 5 ps 0.9 lw 2.5 lc rgb '#666666' title '%s, 95 %% interval'\n",
		r->cols[col].geometric ? "geometric mean" : "median");
}

static int col_of(const struct report *r, enum report_kind kind)
{
	int i;

	for (i = 0; i < r->nr_cols; i++)
		if (r->cols[i].kind == kind)
			return i;
	return -1;
}

static bool has_runs(const struct report *r)
{
	return r->ok && r->nr_cols;
}

static void repetitions(const struct report *r, const struct plot *p, FILE *out)
{
	int col = col_of(r, COL_TIME);

	strips(r, p, col < 0 ? 0 : col, 0, out);
}

static bool has_slowdown(const struct report *r)
{
	return r->ok && col_of(r, COL_SLOWDOWN) >= 0;
}

static void slowdown(const struct report *r, const struct plot *p, FILE *out)
{
	strips(r, p, col_of(r, COL_SLOWDOWN), report_ideal(r->e), out);
}

static double run_delay(const struct record *rec)
{
	return jget_num(json_object_object_get(rec->o, "metrics"), "run_delay_s", NAN);
}

static const struct record *good_run(const struct report *r, int arm, int i)
{
	return records_of_run(r->rs, r->arms[arm].ok_run[i]);
}

/* The first moment of all good runs, or with @boot >= 0, of that boot. */
static double first_start(const struct report *r, int boot)
{
	double first = NAN;
	int i, j;

	for (i = 0; i < r->e->nr_arms; i++) {
		for (j = 0; j < r->arms[i].ok; j++) {
			const struct record *rec = good_run(r, i, j);

			if (boot < 0 || rec->boot == boot)
				first = fmin(first, rec->started);
		}
	}
	return first;
}

static bool has_delay(const struct report *r)
{
	int i, j;

	for (i = 0; i < r->e->nr_arms; i++) {
		for (j = 0; j < r->arms[i].ok; j++) {
			const struct record *rec = good_run(r, i, j);

			if (!isnan(run_delay(rec)) && !isnan(rec->started))
				return true;
		}
	}
	return false;
}

static void delay(const struct report *r, const struct plot *p, FILE *out)
{
	double zero = first_start(r, -1), t;
	int i, j;

	head(r, p, out);
	fprintf(out, "set ylabel 'run delay (s)'\nset yrange [0:*]\n");
	fprintf(out, "set xlabel 'time since the first run (min); a line is a boot'\n");
	fprintf(out, "set autoscale xfix\nset offsets graph 0.02, graph 0.02, graph 0.08, graph 0\n");
	for (i = 0; i < r->rs->nr_boots; i++) {
		t = first_start(r, i);
		if (!isnan(t))
			fprintf(out,
				"set arrow from first %.3f, graph 0 to first %.3f, graph 1 nohead dt 3 lc rgb '#999999'\n",
				(t - zero) / 60 - 0.05, (t - zero) / 60 - 0.05);
	}
	for (i = 0; i < r->e->nr_arms; i++) {
		fprintf(out, "$arm%d << EOD\n", i);
		for (j = 0; j < r->arms[i].ok; j++) {
			const struct record *rec = good_run(r, i, j);

			t = rec->started;
			if (!isnan(t) && !isnan(run_delay(rec)))
				fprintf(out, "%.4f %.9g\n", (t - zero) / 60, run_delay(rec));
		}
		fprintf(out, "NaN NaN\nEOD\n");
	}
	fprintf(out, "plot ");
	for (i = 0; i < r->e->nr_arms; i++) {
		fprintf(out, "%s$arm%d with points lt %d ps 0.8 title ", i ? ", " : "", i,
			colour_of(r, i) + 1);
		quote(r->e->arms[i].name, out);
	}
	fputc('\n', out);
}

#define AGE_BINS 64	/* one per power of two ns */

/* Adds the arm's hint ages to @bins; returns how many hints. */
static double add_ages(const struct report *r, int arm, double *bins)
{
	json_object *list, *bin;
	double total = 0, lo, n;
	size_t i;
	int j, at;

	for (j = 0; j < r->arms[arm].ok; j++) {
		list = json_object_object_get(good_run(r, arm, j)->o, "hint_age");
		list = json_object_object_get(list, "bins");
		for (i = 0; list && i < json_object_array_length(list); i++) {
			bin = json_object_array_get_idx(list, i);
			if (json_object_array_length(bin) != 2)
				continue;
			lo = json_object_get_double(json_object_array_get_idx(bin, 0));
			n = json_object_get_double(json_object_array_get_idx(bin, 1));
			at = lo < 1 ? 0 : ilogb(lo);
			if (at < AGE_BINS && n > 0) {
				bins[at] += n;
				total += n;
			}
		}
	}
	return total;
}

static bool has_ages(const struct report *r)
{
	double bins[AGE_BINS] = { 0 };
	int i;

	for (i = 0; i < r->e->nr_arms; i++)
		if (add_ages(r, i, bins) > 0)
			return true;
	return false;
}

static void ages(const struct report *r, const struct plot *p, FILE *out)
{
	bool first = true;
	int i, j;

	head(r, p, out);
	fprintf(out, "set logscale x\nset xlabel 'age of the hint when the policy read it (us)'\n");
	fprintf(out, "set format x '%%g'\nset ylabel 'share of hints (%%)'\nset yrange [0:*]\n");
	fprintf(out, "set offsets graph 0, graph 0, graph 0.08, graph 0\n");
	for (i = 0; i < r->e->nr_arms; i++) {
		double bins[AGE_BINS] = { 0 }, total = add_ages(r, i, bins);

		if (!(total > 0))
			continue;
		fprintf(out, "$arm%d << EOD\n", i);
		for (j = 0; j < AGE_BINS; j++)
			if (bins[j] > 0 || (j && bins[j - 1] > 0))
				fprintf(out, "%.9g %.6g\n", ldexp(1, j) / 1e3,
					100 * bins[j] / total);
		fprintf(out, "EOD\n");
	}
	fprintf(out, "plot ");
	for (i = 0; i < r->e->nr_arms; i++) {
		double bins[AGE_BINS] = { 0 };
		int c = colour_of(r, i) + 1;

		if (!(add_ages(r, i, bins) > 0))
			continue;
		fprintf(out, "%s$arm%d using 1:2 with fillsteps lt %d fs solid 0.15 notitle, $arm%d using 1:2 with steps lt %d lw 2.5 title ",
			first ? "" : ", ", i, c, i, c);
		quote(r->e->arms[i].name, out);
		first = false;
	}
	fputc('\n', out);
}

static const struct plot plots[] = {
	{ "repetitions", "every repetition",
	  "each point is one repetition; look for two clusters, and for points far off",
	  has_runs, repetitions },
	{ "slowdown", "slowdown",
	  "time contended / the baseline's time alone, geometric mean over the VMs; ideal is the CPUs that all VMs ask for over those that there are",
	  has_slowdown, slowdown },
	{ "run-delay", "run delay over time",
	  "time that vCPU threads waited for a CPU, by when the run was made; a slope is drift of the machine",
	  has_delay, delay },
	{ "hint-age", "age of hints",
	  "age of hints when the policy read them, over all repetitions",
	  has_ages, ages },
};

const struct plot *plot_nr(int nr)
{
	return nr < (int)(sizeof(plots) / sizeof(plots[0])) ? &plots[nr] : NULL;
}
