#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# install.sh FLAVOUR - `make install-host`: puts a kernel of the kit (host, or lab for
# what the lab boots), its modules, the policy module and the driver on this machine,
# or below DESTDIR. What is installed is listed in a manifest, for uninstall.sh.
#
# It builds as whoever calls it, and takes sudo only to put things into place.

. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/installed.sh"

flavour=${1:-host}
[ "$flavour" != lab ] || flavour=vhint

# The policy module of a flavour, as the Makefile names it
case $flavour in
host) module=build/policy-host/vhint.ko ;;
vhint) module=build/policy/vhint.ko ;;
*) die "FLAVOUR=$1: it can be host or lab." ;;
esac
check_root

# put MODE FILE DEST - one file into its place, and into the manifest
put()
{
	install -D -m "$1" "$2" "$root$3"
	echo "$3" >>"$manifest.new"
}

install_kernel()
{
	local from=$kit/build/kernel/$flavour file

	step "kernel $release -> $root/boot"
	put 644 "$from/bzImage" "/boot/vmlinuz-$release"
	put 600 "$from/System.map" "/boot/System.map-$release"
	put 644 "$from/config" "/boot/config-$release"

	step "modules -> $root/lib/modules/$release"
	while read -r file; do
		put 644 "$from/modules/$file" "/$file"
	done < <(cd "$from/modules" && find lib -type f)
	put 644 "$kit/$module" "/lib/modules/$release/extra/vhint.ko"
	depmod ${root:+-b "$root"} "$release"
}

# The kit as the driver expects it, with build/bin/run-experiment in it
install_kit()
{
	local file kernel

	step "driver -> $root$PREFIX/bin, $root$share"
	put 755 "$kit/build/bin/run-experiment" "$share/build/bin/run-experiment"
	for file in build/guest/initramfs.cpio.gz build/lab/initrd.cpio.gz; do
		put 644 "$kit/$file" "$share/$file"
	done
	put 644 "$kit/$module" "$share/build/policy/vhint.ko"
	for kernel in stock vhint; do		# guests boot these
		for file in bzImage config kernelrelease; do
			put 644 "$kit/build/kernel/$kernel/$file" \
				"$share/build/kernel/$kernel/$file"
		done
	done
	while read -r file; do
		put 644 "$kit/$file" "$share/$file"
	done < <(cd "$kit" && find vm-templates experiments -type f)
	mkdir -p "$root$PREFIX/bin"
	ln -sfn "../${share#"$PREFIX"/}/build/bin/run-experiment" "$root$PREFIX/bin/run-experiment"
	echo "$PREFIX/bin/run-experiment" >>"$manifest.new"
	put 644 "$kit/build/share/run-experiment.1" "$PREFIX/share/man/man1/run-experiment.1"
	put 644 "$kit/build/share/run-experiment.bash" \
		"$PREFIX/share/bash-completion/completions/run-experiment"
}

build_all()
{
	local flavours="stock vhint"

	[ "$flavour" = vhint ] || flavours+=" $flavour"
	DESTDIR='' make --no-print-directory -C "$kit" kernel FLAVOURS="$flavours" >&2
	DESTDIR='' make --no-print-directory -C "$kit" driver manual guest lab "$module" >&2
}

# grub_entry RELEASE - what grub-reboot calls the menu entry of a kernel
grub_entry()
{
	awk -F"'" -v release="$1" '
		/^submenu / { menu = $2 ">" }
		/menuentry / && $2 ~ ("with Linux " release "$") { print menu $2; exit }
	' /boot/grub/grub.cfg 2>/dev/null
}

explain_reboot()
{
	local ours theirs

	ours=$(grub_entry "$release")
	theirs=$(grub_entry "$(uname -r)")
	echo "$release is installed."
	echo "To boot it:  ${ours:+grub-reboot \"$ours\" && }reboot"
	echo "To go back:  ${theirs:+grub-reboot \"$theirs\" && }reboot"
	echo "GRUB starts the newest kernel when it is not told otherwise; its menu, under" \
		"'Advanced options', has them all. make uninstall-host takes $release away."
	if od -An -tu1 -j4 /sys/firmware/efi/efivars/SecureBoot-* 2>/dev/null | grep -q 1; then
		echo "Secure Boot is on, and this kernel is not signed: turn it off to boot it."
	fi
}

[ "${2:-}" = --built ] || build_all
if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then
	exec sudo env PREFIX="$PREFIX" "$0" "$flavour" --built
fi
release=$(cat "$kit/build/kernel/$flavour/kernelrelease")

mkdir -p "$root$share"
: >"$manifest.new"
echo "$release" >"$root$share/release"
echo "$share/release" >>"$manifest.new"
install_kernel
install_kit
mv "$manifest.new" "$manifest"

if [ -n "$root" ]; then
	step "staged; no boot loader was touched"
else
	run_hooks postinst "$release"
	explain_reboot
fi
