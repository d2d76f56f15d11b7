"""A real Debian with simulated USB microphones, in QEMU without KVM.

A package of its own: it knows nothing of the program that is tested in it, and nothing outside it is imported
but the standard library. What it needs of the host are QEMU and Debian's own tools (``lab.image.programs``).
Measurements behind every choice: ``docs/why/`` of the project and the comments here.
"""
