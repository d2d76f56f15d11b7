"""The virtual machine: QEMU without KVM, driven over its monitor and its guest agent."""
