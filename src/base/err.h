/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the driver reports that something went wrong.
 *
 * A function that can fail takes a struct vh_err and returns -1 after it has
 * filled it; nobody below main() prints or exits. The code becomes the exit
 * status, so it says whose fault it was: the run's, the file's, the command
 * line's or the host's.
 */
#ifndef VHINT_BASE_ERR_H
#define VHINT_BASE_ERR_H

enum vh_exit {
	VH_OK = 0,
	VH_RUN_FAILED = 1,
	VH_BAD_EXPERIMENT = 2,
	VH_BAD_USAGE = 3,
	VH_BAD_HOST = 4,
};

struct vh_err {
	enum vh_exit code;
	char msg[4096];
};

/* Fills @e (which may be NULL) and returns -1, so that callers can return it. */
int vh_err(struct vh_err *e, enum vh_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "text: " before the message that @e holds already. Returns -1. */
int vh_err_prefix(struct vh_err *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Something that the user should know, though the work goes on. main() says where such
 * lines go with vh_warn_to(); until then they go nowhere.
 */
void vh_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void vh_warn_to(void (*say)(const char *text));

#endif /* VHINT_BASE_ERR_H */
