// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file in which QEMU keeps the lab's virtual time: one number, which it
 * renews each round. It tells a slow lab from one that stands still.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab_internal.h"

int lab_clock_open(struct lab_clock_file *c, struct vh_err *err)
{
	void *p = MAP_FAILED;

	c->ns = NULL;
	c->fd = memfd_create("lab-clock", MFD_CLOEXEC);
	if (c->fd >= 0 && !ftruncate(c->fd, sizeof(*c->ns)))
		p = mmap(NULL, sizeof(*c->ns), PROT_READ, MAP_SHARED, c->fd, 0);
	if (p == MAP_FAILED) {
		vh_err(err, VH_BAD_HOST, "the file of the lab's clock: %s", strerror(errno));
		lab_clock_close(c);
		return -1;
	}
	c->ns = p;
	return 0;
}

void lab_clock_close(struct lab_clock_file *c)
{
	if (c->ns)
		munmap(c->ns, sizeof(*c->ns));
	if (c->fd >= 0)
		close(c->fd);
	*c = (struct lab_clock_file) { .fd = -1 };
}

int64_t lab_clock_ns(const struct lab_clock_file *c)
{
	return c->ns ? __atomic_load_n(c->ns, __ATOMIC_RELAXED) : -1;
}
