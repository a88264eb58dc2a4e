# SPDX-License-Identifier: GPL-2.0-only
#
# vhint's build. `make help` lists what there is to make; `make V=1` shows the
# commands. Everything is made below build/, kernels and QEMU in ~/.cache/vhint.

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.DELETE_ON_ERROR:

PREFIX ?= /usr/local
DESTDIR ?=
FLAVOURS ?= stock vhint

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s%s\n'
endif

CC := gcc
CFLAGS ?= -O2 -g
# A program is the same wherever its source stands
all_cflags = $(CFLAGS) -ffile-prefix-map=$(CURDIR)=. -std=gnu11 -D_GNU_SOURCE \
	-Wall -Wextra -Wshadow -Wno-unused-parameter -Werror=implicit -MMD -MP
pkgs := libvirt libvirt-qemu json-c libkmod libxml-2.0 libcmark-gfm
includes = -Isrc -isystem build/libperf/include \
	$$(pkg-config --cflags $(pkgs))

driver := build/bin/run-experiment
runner := build/guest/runner
guest := build/guest/initramfs.cpio.gz
guest_trace := build/guest/initramfs-trace.cpio.gz
lab := build/lab/initrd.cpio.gz
policy := build/policy/vhint.ko
libperf := build/libperf/COMPLETE

guest_src := $(wildcard src/workload/*.c)
rooms := base stat measure experiment results lab host run report cli
driver_src := $(wildcard $(rooms:%=src/%/*.c)) $(filter-out src/workload/runner%,$(guest_src))
driver_obj := $(driver_src:src/%.c=build/obj/%.o)
guest_obj := $(guest_src:src/workload/%.c=build/obj/guest/%.o)
tests := $(patsubst tests/unit/%.c,build/tests/%,$(wildcard tests/unit/test_*.c))

.PHONY: all
all: driver manual guest lab $(if $(wildcard build/kernel/vhint/COMPLETE),policy)

.PHONY: help
help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

#: Targets:
#:   all             the driver, the guest and the lab; the policy module if there are kernels
#:   driver          build/bin/run-experiment
#:   manual          the man page and bash's completion, made by the driver
#:   guest           the guests' initramfs
#:   guest-trace     the same with trace-cmd, for experiments that record
#:   lab             the lab's initrd
#:   trace, perf     what experiments that record need
#:   kernel          the kernels stock and vhint, from Debian's linux-source-6.12
#:   qemu            the lab's emulator, from Debian's source of QEMU and patches/qemu/
#:   policy          the policy module, for the vhint kernel
#:   check           all tests; installs what they need
#:   check-unit      unit tests and those of the command line: no kernel needed
#:   check-lab       tests that boot the lab
#:   mutants         plants bugs, one after the other, and asks whether a test turns red
#:   docs            what the documents show of results/sample/, made again
#:   install-host    the host kernel, the policy module and the driver on this machine
#:   uninstall-host  takes them away again
#:   setup           installs the Debian packages that the kit needs
#:   clean           removes build/
#:   clean-cache     removes kernels, QEMU and their sources from ~/.cache/vhint
#: Variables:
#:   V=1                show commands
#:   KERNEL_SRC=DIR     kernel source to use instead of Debian's
#:   QEMU_SRC=DIR       unpacked source of QEMU 7.2 to use instead of Debian's
#:   FLAVOURS="..."     kernels for `make kernel`: stock vhint debug host host-stock
#:   FLAVOUR=host       kernel for `make install-host`
#:   HOST_CONFIG=FILE   configuration that the host kernel's is based on
#:   DESTDIR=DIR, PREFIX=/usr/local
#:   VHINT_NO_APT=1     never install packages, only say which are missing

# --- The driver ---

.PHONY: driver
driver: $(driver)

$(libperf): src/kernel/libperf.sh | need-build
	$(Q)src/kernel/libperf.sh

build/obj/%.o: src/%.c | $(libperf) need-build
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(all_cflags) $(includes) -c -o $@ $<

# q, not r: files of two rooms may have one name
build/libvhint.a: $(filter-out build/obj/cli/main.o,$(driver_obj)) build/obj/list
	$(say) AR $@
	$(Q)rm -f $@ && ar qcs $@ $(filter %.o,$^)

driver_libs = build/libvhint.a build/libperf/lib/libperf.a build/libperf/lib/libapi.a \
	$$(pkg-config --libs $(pkgs)) -lcmark-gfm-extensions -lm -lpthread

$(driver): build/obj/cli/main.o build/libvhint.a
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -o $@ $< $(driver_libs)

# Made from the driver's own tables and help texts
.PHONY: manual
manual: build/share/run-experiment.1 build/share/run-experiment.bash

build/share/run-experiment.1: how := --man
build/share/run-experiment.bash: how := --completion bash
build/share/run-experiment.1 build/share/run-experiment.bash: $(driver)
	$(say) GEN $@
	$(Q)mkdir -p $(@D)
	$(Q)VHINT_ROOT=$(CURDIR) $(driver) schema $(how) >$@

# Changes when a source file comes or goes, so that archives are made anew then
build/obj/list: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(driver_obj) $(guest_obj)' | cmp -s - $@ || echo '$(driver_obj) $(guest_obj)' >$@

# --- Guest and lab ---

.PHONY: guest guest-trace lab trace perf
guest: $(guest)
guest-trace: $(guest_trace)
lab: $(lab)
trace: guest-trace
perf: | need-perf

build/obj/guest/%.o: src/workload/%.c | need-build
	$(say) CC "$< (guest)"
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(all_cflags) -DVHINT_GUEST -Isrc $$(pkg-config --cflags json-c) -c -o $@ $<

$(runner): $(guest_obj) build/obj/list
	$(say) LD $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -static -o $@ $(guest_obj) \
		$$(pkg-config --static --libs json-c) -lm -lpthread

$(guest): $(runner) $(filter-out %.c %.h %.md,$(wildcard src/workload/*)) | need-lab
	$(say) GEN $@
	$(Q)src/workload/mkinitramfs.sh $@ $(runner)

# An archive behind another adds to it
$(guest_trace): $(guest) src/workload/mktrace.sh src/workload/pack.sh | need-trace
	$(say) GEN $@
	$(Q)src/workload/mktrace.sh $@ $(guest)

$(lab): $(filter-out %.c %.h %.md,$(wildcard src/lab/*)) src/workload/pack.sh | need-lab
	$(say) GEN $@
	$(Q)mkdir -p $(@D)
	$(Q)src/lab/mkinitrd.sh $@

# --- Kernels and what is built against them ---

.PHONY: kernel
kernel: | need-kernel
	$(Q)src/kernel/build.sh $(FLAVOURS)

# build.sh changes NAME.id when build/kernel/NAME becomes another kernel
build/kernel/%.id: | need-kernel
	$(Q)src/kernel/build.sh $*

.PHONY: qemu
qemu: | need-qemu
	$(Q)src/qemu/build.sh

.PHONY: policy
policy: $(policy)

# The module is built in a folder of its own: kbuild would leave its output among the sources
build/policy/vhint.ko: build/kernel/vhint.id $(wildcard src/policy/*)
build/policy-%/vhint.ko: build/kernel/%.id $(wildcard src/policy/*)
	$(Q)true
build/policy/vhint.ko build/policy-host/vhint.ko: src/kernel/module.sh
	$(say) MODULE $@
	$(Q)src/kernel/module.sh $(if $(findstring host,$(@D)),host,vhint) $(@D)

# --- Tests ---

.PHONY: check check-unit check-lab mutants tests
check: need-check
	$(Q)$(MAKE) --no-print-directory kernel qemu
	$(Q)$(MAKE) --no-print-directory all guest-trace tests
	$(Q)tests/run-all unit lab

check-unit: driver guest lab tests
	$(Q)tests/run-all unit

check-lab: driver guest guest-trace lab policy
	$(Q)tests/run-all lab

# What they build is built outside, from what is built here
mutants: driver tests
	$(Q)tests/mutants

tests: $(tests) build/tests/statistics

build/tests/%: tests/unit/%.c build/libvhint.a
	$(say) TEST $@
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(all_cflags) -Werror=unused-function $(includes) -o $@ $< $(driver_libs)

# --- Documents ---

.PHONY: docs
docs: driver
	$(Q)results/sample/update

# --- Installation ---

.PHONY: install-host uninstall-host
install-host uninstall-host:
	$(Q)DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' \
		src/kernel/$(@:%-host=%).sh $(or $(FLAVOUR),host)

# --- Housekeeping ---

.PHONY: setup clean clean-cache
setup: need-check

# Packages that are missing: `make setup` and `make check` install, all others only tell
need-check:
	$(Q)src/setup/packages.sh --install build kernel qemu lab check
need-%:
	$(Q)src/setup/packages.sh $*

clean:
	$(Q)rm -rf build

clean-cache:
	$(Q)rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/vhint"

.PHONY: FORCE need-build need-kernel need-qemu need-lab need-trace need-perf need-check
FORCE:

-include $(driver_obj:.o=.d) $(guest_obj:.o=.d) $(tests:=.d) build/tests/statistics.d
