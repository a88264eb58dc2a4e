# SPDX-License-Identifier: GPL-2.0-only
#
# The devices of the lab's machine; what these need comes with them. See lab_args.c.
CONFIG_Q35=y
CONFIG_PCI_DEVICES=n
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_9P=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_RNG=y
