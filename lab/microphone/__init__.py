"""Simulated USB Audio Class microphones, plugged into QEMU over its usb-redir ports.

The guest is unmodified: it sees a PCI controller, a USB device and snd-usb-audio, with all that udev says of them.
"""
