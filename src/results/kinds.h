/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a run failed, in a word.
 */
#ifndef VHINT_RESULTS_KINDS_H
#define VHINT_RESULTS_KINDS_H

/* Kinds of failure, as events and results name them. */
#define KIND_PANIC	"guest-panic"	/* the guest's kernel died */
#define KIND_HANG	"guest-hang"	/* it lives, but did not answer in time */
#define KIND_DEAD	"guest-dead"	/* the VM ended, and not by a panic */
#define KIND_GUEST	"guest-error"	/* the guest itself reported an error */
#define KIND_LIBVIRT	"libvirt"
#define KIND_POLICY	"policy"
#define KIND_ASSERT	"assert"	/* the run was not what its arm says */
#define KIND_HOST	"host"		/* it is not fit for this boot */
#define KIND_IO		"io"
#define KIND_SIGNAL	"interrupted"

#endif /* VHINT_RESULTS_KINDS_H */
