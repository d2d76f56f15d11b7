"""The kernel as QEMU boots it fastest: the ELF file inside Debian's bzImage.

Debian's bzImage is compressed with xz, which takes 4.8 s under TCG. The kernel has CONFIG_PVH, so QEMU starts the ELF
file itself (``-kernel vmlinux``). Layout: Documentation/arch/x86/boot.rst of the kernel, setup_sects (0x1f1),
payload_offset (0x248), payload_length (0x24c); the offset counts from the protected-mode code.
"""

from __future__ import annotations

import lzma
import struct

SECTOR = 512
XZ = b"\xfd7zXZ\0"
ELF = b"\x7fELF"


def unpack_kernel(image: bytes) -> bytes:
    """The ELF file in *image*; *image* itself where the payload is not xz (it boots, only later)."""
    payload = _payload(image)
    if not payload.startswith(XZ):
        return image
    kernel = lzma.LZMADecompressor().decompress(payload)
    return kernel if kernel.startswith(ELF) else image


def _payload(image: bytes) -> bytes:
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * SECTOR + offset
    return image[start : start + length]
