/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the agent decides, apart from doing anything. Pure.
 */
#ifndef VHINT_HOST_JUDGE_H
#define VHINT_HOST_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

/* What happened to a guest that is @gone (or just silent), going by its console. */
const char *judge_guest(bool gone, const char *console);

/* "Attempted to kill init!", or whatever the kernel gives as its reason; "" if no panic. */
char *judge_panic(const char *console, char *buf, size_t len);

/* The VM that runs by itself in repetition @rep of an arm, -1 if there is only one VM. */
int judge_alone(int rep, int nr_vms);

/*
 * The attempt at run @id that is due, going by "3,4:2,7": runs and, after a colon, which
 * attempt it is if not the first. 0: the run is not in the list. No list is all of them.
 */
int judge_attempt(const char *list, int id);

#endif /* VHINT_HOST_JUDGE_H */
