// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting, watching and ending the emulator.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/tail.h"
#include "lab/lab_process.h"

static void keep(struct child_spec *spec, int fd)
{
	if (fd >= 0)
		spec->fds[spec->nr_fds++] = (struct child_fd){ fd, fd };
}

int lab_process_start(struct lab_process *p, char *const *args, const struct lab_fds *fds,
		      struct vh_err *err)
{
	struct child_spec spec = { .argv = args };

	p->child.pid = 0;
	p->complaints = memfd_create("qemu-stderr", MFD_CLOEXEC);
	if (p->complaints < 0)
		return vh_err(err, VH_BAD_HOST, "memfd_create: %s", strerror(errno));
	spec.fds[spec.nr_fds++] = (struct child_fd){ p->complaints, 2 };
	keep(&spec, fds->control);
	keep(&spec, fds->in);
	keep(&spec, fds->out);
	keep(&spec, fds->error);
	keep(&spec, fds->clock);
	return child_start(&p->child, &spec, err);
}

void lab_process_complaints(const struct lab_process *p, int lines, char *buf, size_t size)
{
	char text[4096];
	ssize_t n;
	off_t end;

	buf[0] = '\0';
	end = p->complaints < 0 ? -1 : lseek(p->complaints, 0, SEEK_END);
	if (end < 0)
		return;
	n = pread(p->complaints, text, sizeof(text),
		  end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) : 0);
	if (n > 0)
		text_tail(text, n, lines, buf, size);
}

void lab_process_close(struct lab_process *p)
{
	child_kill(&p->child);
	if (p->complaints >= 0)
		close(p->complaints);
	p->complaints = -1;
}
