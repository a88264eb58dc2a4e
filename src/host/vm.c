// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual machines, through libvirt.
 *
 * A VM is started paused: its vCPU threads exist then but have run no guest
 * code, so that a wrong affinity is found before it can do harm, QEMU's other
 * threads, which start on the CPUs of the vCPUs, are moved to CPU 0 in time, and
 * the channel is connected before the guest says its first word.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include "base/attr.h"
#include "base/cpulist.h"
#include "base/kit.h"
#include "base/now.h"
#include "host/loop.h"
#include "host/pins.h"
#include "host/vm.h"
#include "host/vm_xml.h"

#define URI		"qemu:///system"
#define CALL_S		120	/* no call into libvirt takes so long */
#define KEEPALIVE_S	5
#define KEEPALIVE_TRIES	6

static atomic_int lost = -1;		/* reason from libvirt, -1: connected */
/* QEMU processes by pidfd, so that one can be killed long after libvirtd died */
static atomic_int pidfds[EXP_MAX_VMS];

static const char *vir_why(void)
{
	const char *why = virGetLastErrorMessage();

	return why ? why : "no reason given";
}

static void be_quiet(void *data, virErrorPtr e)
{
}

static void on_close(virConnectPtr conn, int reason, void *data)
{
	atomic_store(&lost, reason);
	loop_wake();
}

const char *vm_host_lost(void)
{
	switch (atomic_load(&lost)) {
	case -1:
		return NULL;
	case VIR_CONNECT_CLOSE_REASON_KEEPALIVE:
		return "libvirtd does not answer any more";
	case VIR_CONNECT_CLOSE_REASON_EOF:
		return "libvirtd closed the connection: it died or was restarted";
	default:
		return "the connection to libvirtd broke";
	}
}

static void version(unsigned long v, char *buf, size_t len)
{
	snprintf(buf, len, "%lu.%lu.%lu", v / 1000000, v / 1000 % 1000, v % 1000);
}

int vm_host_open(struct vm_host *h, struct vh_err *err)
{
	unsigned long v = 0;
	int i;

	for (i = 0; i < EXP_MAX_VMS; i++)
		atomic_store(&pidfds[i], -1);
	virSetErrorFunc(NULL, be_quiet);
	loop_watch(CALL_S, "connecting to libvirt (" URI ")");
	h->conn = virConnectOpen(URI);
	if (!h->conn) {
		loop_unwatch();
		return vh_err(err, VH_BAD_HOST,
			      "cannot connect to libvirt at " URI ": %s. Is libvirtd running, and may this user use it?",
			      vir_why());
	}
	virConnectRegisterCloseCallback(h->conn, on_close, NULL, NULL);
	virConnectSetKeepAlive(h->conn, KEEPALIVE_S, KEEPALIVE_TRIES);
	if (!virConnectGetLibVersion(h->conn, &v))
		version(v, h->libvirt, sizeof(h->libvirt));
	if (!virConnectGetVersion(h->conn, &v))
		version(v, h->qemu, sizeof(h->qemu));
	loop_unwatch();
	return 0;
}

void vm_host_close(struct vm_host *h)
{
	if (!h->conn)
		return;
	virConnectUnregisterCloseCallback(h->conn, on_close);
	virConnectClose(h->conn);
	h->conn = NULL;
}

/* The threads of the vCPUs, in their order, as QEMU reports them. */
static int get_threads(struct vm *vm, struct vh_err *err)
{
	json_object *reply = NULL, *list, *cpu, *index, *tid;
	char path[64], text[4096], *answer = NULL;
	size_t i, n = 0;
	int found = 0;

	if (virDomainQemuMonitorCommand(vm->dom, "{\"execute\":\"query-cpus-fast\"}", &answer, 0))
		return vh_err(err, VH_RUN_FAILED, "%s: asking QEMU for its vCPU threads: %s",
			      vm->domain, vir_why());
	reply = json_tokener_parse(answer);
	free(answer);
	if (json_object_object_get_ex(reply, "return", &list) &&
	    json_object_is_type(list, json_type_array))
		n = json_object_array_length(list);
	for (i = 0; i < n; i++) {
		cpu = json_object_array_get_idx(list, i);
		if (json_object_object_get_ex(cpu, "cpu-index", &index) &&
		    json_object_object_get_ex(cpu, "thread-id", &tid) &&
		    json_object_get_int(index) < vm->spec->vcpus) {
			vm->tids[json_object_get_int(index)] = json_object_get_int(tid);
			found++;
		}
	}
	json_object_put(reply);
	if (found != vm->spec->vcpus)
		return vh_err(err, VH_RUN_FAILED, "%s: QEMU has %d vCPU threads, expected %d",
			      vm->domain, found, vm->spec->vcpus);
	snprintf(path, sizeof(path), "/proc/%d/status", vm->tids[0]);
	if (attr_read(path, text, sizeof(text)) < 0 || !strstr(text, "\nTgid:") ||
	    sscanf(strstr(text, "\nTgid:"), "\nTgid: %d", &vm->pid) != 1)
		return vh_err(err, VH_RUN_FAILED, "%s: its QEMU process has ended", vm->domain);
	return 0;
}

/* Not what libvirt was asked for, but what the scheduler will do. */
static int check_affinity(const struct vm *vm, int cpus, struct vh_err *err)
{
	char want[128], have[128];
	uint64_t mask;
	cpu_set_t set;
	int i, cpu;

	if (sched_getaffinity(vm->pid, sizeof(set), &set))
		return vh_err(err, VH_RUN_FAILED, "%s: QEMU: %s", vm->domain, strerror(errno));
	if (CPU_COUNT(&set) != 1 || !CPU_ISSET(0, &set))
		return vh_err(err, VH_BAD_HOST,
			      "%s: QEMU's own threads are not on CPU 0 only, where libvirt was to move them",
			      vm->domain);
	for (i = 0; i < vm->spec->vcpus; i++) {
		if (sched_getaffinity(vm->tids[i], sizeof(set), &set))
			return vh_err(err, VH_RUN_FAILED, "%s: vCPU %d: %s", vm->domain, i,
				      strerror(errno));
		for (mask = 0, cpu = 0; cpu < 64; cpu++)
			mask |= CPU_ISSET(cpu, &set) ? 1ULL << cpu : 0;
		if (mask != vm->spec->pins[i])
			return vh_err(err, VH_BAD_HOST,
				      "%s: vCPU %d may run on CPUs %s, not on %s as the experiment asks",
				      vm->domain, i, cpulist_text(mask, have, sizeof(have)),
				      cpulist_text(vm->spec->pins[i], want, sizeof(want)));
	}
	return pins_check_threads(vm->tids, vm->spec->vcpus, cpus, err);
}

static int open_channel(struct vm *vm, struct vh_err *err)
{
	char *path = vm_xml_channel_path(vm->xml);
	int ret;

	if (!path)
		return vh_err(err, VH_RUN_FAILED, "%s: libvirt made no channel " VM_CHANNEL
			      "; see template %s", vm->domain, vm->spec->template);
	ret = channel_open(&vm->chan, path);
	if (ret)
		vh_err(err, VH_RUN_FAILED, "%s: connecting to channel %s: %s", vm->domain, path,
		       strerror(-ret));
	free(path);
	return ret ? -1 : 0;
}

static char *make_xml(const struct vm *vm, struct vh_err *err)
{
	const struct vm_spec spec = {
		.name = vm->domain, .vcpus = vm->spec->vcpus, .memory_mib = vm->spec->memory_mib,
		.pins = vm->spec->pins, .kernel = vm->kernel, .initrd = vm->initrd,
		.kernel_args = vm->spec->kernel_args, .console = vm->console,
		.vsock = vm->vsock, .seed = vm->seed,
	};
	char path[PATH_MAX];

	/* the front had the schema look at it, so it need not be read again here */
	return vm_xml_fill(kit_path(path, sizeof(path), "vm-templates/%s.xml",
				    vm->spec->template), &spec, 0, err);
}

static int start(virConnectPtr conn, struct vm *vm, int cpus, struct vh_err *err)
{
	int64_t begin = now_ms();
	unsigned char housekeeping = 1;		/* a mask: CPU 0 */
	char *xml = make_xml(vm, err);

	if (!xml)
		return -1;
	vm->dom = virDomainCreateXML(conn, xml, VIR_DOMAIN_START_PAUSED |
					VIR_DOMAIN_START_AUTODESTROY);
	free(xml);
	if (!vm->dom)
		return vh_err(err, VH_RUN_FAILED, "cannot start VM %s: %s", vm->domain, vir_why());
	/* QEMUs that start at the same time were not to wait for each other on CPU 0 */
	if (virDomainPinEmulator(vm->dom, &housekeeping, 1, VIR_DOMAIN_AFFECT_LIVE))
		return vh_err(err, VH_RUN_FAILED, "%s: cannot move QEMU to CPU 0: %s",
			      vm->domain, vir_why());
	vm->xml = virDomainGetXMLDesc(vm->dom, 0);
	if (!vm->xml)
		return vh_err(err, VH_RUN_FAILED, "%s: libvirt lost it at once: %s", vm->domain,
			      vir_why());
	if (get_threads(vm, err) || check_affinity(vm, cpus, err) || open_channel(vm, err))
		return -1;
	if (virDomainResume(vm->dom))
		return vh_err(err, VH_RUN_FAILED, "%s: cannot let it run: %s", vm->domain,
			      vir_why());
	vm->start_s = (now_ms() - begin) / 1e3;
	return 0;
}

struct start_job {
	pthread_t thread;
	bool begun;
	virConnectPtr conn;
	struct vm *vm;
	int cpus;
	int ret;
	struct vh_err err;
};

static void *start_thread(void *data)
{
	struct start_job *job = data;

	job->ret = start(job->conn, job->vm, job->cpus, &job->err);
	return NULL;
}

int vm_start_all(struct vm_host *h, struct vm *vms, int nr, int cpus, struct vh_err *err)
{
	struct start_job jobs[EXP_MAX_VMS];
	int i, ret = 0;

	for (i = 0; i < nr; i++) {
		vms[i].chan.fd = -1;
		vms[i].console_from = vm_console_size(&vms[i]);
		if (pins_check(vms[i].spec->pins, vms[i].spec->vcpus, cpus, err))
			return vh_err_prefix(err, "VM %s", vms[i].spec->name);
	}
	loop_watch(CALL_S + nr * CALL_S / 4, "starting VMs through libvirt");
	for (i = 0; i < nr; i++) {
		jobs[i] = (struct start_job){ .conn = h->conn, .vm = &vms[i], .cpus = cpus };
		jobs[i].begun = !pthread_create(&jobs[i].thread, NULL, start_thread, &jobs[i]);
		if (!jobs[i].begun)
			jobs[i].ret = vh_err(&jobs[i].err, VH_RUN_FAILED,
					     "VM %s: no thread for it can be made",
					     vms[i].spec->name);
	}
	for (i = 0; i < nr; i++) {
		if (jobs[i].begun)
			pthread_join(jobs[i].thread, NULL);
		if (jobs[i].ret && !ret) {
			*err = jobs[i].err;
			ret = -1;
		}
		if (vms[i].pid)
			atomic_store(&pidfds[i], syscall(SYS_pidfd_open, vms[i].pid, 0));
	}
	loop_unwatch();
	if (ret)
		vm_stop_all(h, vms, nr);
	return ret;
}

void vm_kill_all(void)
{
	int i, fd;

	for (i = 0; i < EXP_MAX_VMS; i++) {
		fd = atomic_exchange(&pidfds[i], -1);
		if (fd < 0)
			continue;
		syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
		close(fd);
	}
}

void vm_stop_all(struct vm_host *h, struct vm *vms, int nr)
{
	int i;

	loop_watch(CALL_S, "ending VMs through libvirt");
	for (i = 0; i < nr; i++) {
		channel_close(&vms[i].chan);
		if (vms[i].dom && !vm_host_lost())
			virDomainDestroy(vms[i].dom);
		if (vms[i].dom)
			virDomainFree(vms[i].dom);
		vms[i].dom = NULL;
		free(vms[i].xml);
		vms[i].xml = NULL;
		vms[i].pid = 0;
	}
	loop_unwatch();
	vm_kill_all();
}

int vm_pause_all(struct vm *vms, int nr, bool pause)
{
	int i, ret = 0;

	loop_watch(CALL_S, "pausing VMs through libvirt");
	for (i = 0; i < nr; i++) {
		if (!vms[i].dom || vm_host_lost() ||
		    (pause ? virDomainSuspend(vms[i].dom) : virDomainResume(vms[i].dom)))
			ret = -1;
	}
	loop_unwatch();
	return ret;
}

off_t vm_console_size(const struct vm *vm)
{
	struct stat st;

	return stat(vm->console, &st) ? 0 : st.st_size;
}

char *vm_console_tail(const struct vm *vm, char *buf, size_t len)
{
	int fd = open(vm->console, O_RDONLY | O_CLOEXEC);
	off_t from = vm_console_size(vm) - (off_t)(len - 1);
	ssize_t n = 0, i;

	if (fd >= 0) {
		n = pread(fd, buf, len - 1, from > vm->console_from ? from : vm->console_from);
		close(fd);
	}
	n = n < 0 ? 0 : n;
	for (i = 0; i < n; i++)
		if (!buf[i])
			buf[i] = '?';
	buf[n] = '\0';
	return buf;
}
