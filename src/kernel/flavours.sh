# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# The table of kernels that the kit can build. To be sourced.
#
# flavour NAME sets:
#   base       tiny (tinyconfig) or distro (the distribution's configuration)
#   fragments  files of kernel-config/ merged over it, in order
#   patched    1 if the series is applied
#   suffix     what follows the version in `uname -r`
#   need_mib   free disk space for its build
#   files      about how many files its build compiles: from nothing, and after its
#              sibling in the same tree

flavour()
{
	base=tiny
	need_mib=1500
	files=(1800 160)
	case $1 in
	stock)
		patched=0 suffix=-stock
		fragments=(lab.config)
		;;
	vhint)
		patched=1 suffix=-vhint
		fragments=(lab.config vhint.config)
		;;
	debug)
		patched=1 suffix=-vhint-debug need_mib=4000
		fragments=(lab.config vhint.config debug.config)
		;;
	host)
		base=distro patched=1 suffix=-vhint need_mib=12000 files=()
		fragments=(host.config vhint.config)
		;;
	host-stock)
		base=distro patched=0 suffix=-stock need_mib=12000 files=()
		fragments=(host.config)
		;;
	*)
		die "There is no kernel flavour '$1'; there are: stock vhint debug host host-stock."
		;;
	esac
}

# distro_config - the path of the distribution's configuration
distro_config()
{
	local file debian=/usr/src/linux-config-6.12/config.amd64_none_amd64.xz

	for file in ${HOST_CONFIG:+"$HOST_CONFIG"} "/boot/config-$(uname -r)" "$debian"; do
		if [ -f "$file" ]; then
			echo "$file"
			return
		fi
		[ "$file" != "${HOST_CONFIG:-}" ] || die "HOST_CONFIG=$file: there is no such file."
	done
	die_host "There is no configuration of the distribution's kernel:" \
		"neither /boot/config-$(uname -r) nor $debian." \
		"Install Debian's package linux-config-6.12, or name a file: HOST_CONFIG=FILE."
}
