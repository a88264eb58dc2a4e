#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libperf.sh - builds libperf, which Debian 12 does not package, from the kernel
# source into the cache, static, and links it as build/libperf.

. "$(dirname "$0")/common.sh"

build_format=1		# to be raised when this script changes what it makes

src_id=$(source_id)
key=$({ echo "$build_format $src_id"; gcc --version | head -n 1; } | hash12)
dir=$cache/libperf-$key
tmp=$cache/work/libperf
log=$cache/log/libperf.log

build()
{
	mkdir -p "$tmp/obj" "$tmp/out/lib" "${log%/*}"
	: >"$log"
	logged "$log" "build libperf" make -C "$pristine/tools/lib/perf" -j"$JOBS" O="$tmp/obj" \
		DESTDIR="$tmp/out" prefix= install_lib install_headers
	cp "$tmp/out/lib64/libperf.a" "$tmp/obj/libapi.a" "$tmp/out/lib/"
	rm -rf "$tmp/out/lib64"
	touch "$tmp/out/COMPLETE"
}

if [ ! -f "$dir/COMPLETE" ]; then
	take_lock
	if [ ! -f "$dir/COMPLETE" ]; then
		pristine_source "$src_id"
		rm -rf "$tmp" "$dir"
		build
		mv "$tmp/out" "$dir"
		rm -rf "$tmp"
	fi
fi
mkdir -p "$kit/build"
ln -sfnT "$dir" "$kit/build/libperf"
