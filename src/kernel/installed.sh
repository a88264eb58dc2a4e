# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What installing and uninstalling share: where things go, and the hooks by which
# the distribution updates its initramfs and its boot loader. To be sourced.

root=${DESTDIR:-}
root=${root%/}
PREFIX=${PREFIX:-/usr/local}
share=$PREFIX/lib/vhint
manifest=$root$share/manifest

# Only root changes this machine's kernels; anyone may stage
check_root()
{
	case $root in
	/* | "") ;;
	*) die "DESTDIR=$root must be an absolute path." ;;
	esac
	if [ -z "$root" ] && [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		die_host "To install on this machine needs root, and there is no sudo." \
			"Do it as root, or stage with DESTDIR=DIR."
	fi
}

# run_hooks postinst|postrm RELEASE - as the distribution's own kernel packages do
run_hooks()
{
	local dir=/etc/kernel/$1.d

	if [ ! -d "$dir" ] || [ -z "$(ls "$dir")" ]; then
		step "there are no hooks in $dir: update the boot loader yourself"
		return
	fi
	step "run the hooks in $dir (initramfs, boot loader)"
	INITRD=Yes run-parts --exit-on-error --arg="$2" --arg="/boot/vmlinuz-$2" "$dir" ||
		die "A hook in $dir failed; its message is above."
}
