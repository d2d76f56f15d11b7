"""A real Debian with simulated USB microphones, in QEMU without KVM.

A package of its own: it imports nothing of the program that is tested in it, and nothing else but the standard
library. What it needs of the host: ``lab.image.programs``. Why it is so, with what was measured, stands where it is so.
"""
