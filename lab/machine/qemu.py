"""QEMU's command line. Pure; every path in it is relative to the folder that QEMU runs in.

Proved on QEMU 7.2: TCG with one thread a processor; the ELF kernel started directly; EHCI with three UHCI companions
carries full and high speed microphones on the same six ports with one interrupt a millisecond (xHCI: one for each
microphone). ``tsc=reliable`` avoids the slow hpet clock. The memory is there before the guest runs: where this host is
a virtual machine itself, the first touch of a huge page was seen to hold a processor up for 160 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.machine.hardware import PORTS, Hardware, SoundCard

PROGRAM = "qemu-system-x86_64"
MONITOR = "qmp.sock"
AGENT = "qga.sock"
SERIAL = "serial.log"
DISK = "disk.qcow2"
NETWORK = "net0"
DISKS = "disks"
"""The controller of further disks. They are no PCI devices: to pull one of those changes the memory map, and QEMU 7.2
crashes of it now and then (memory_region_dispatch_write without a region), while another processor wrote."""

KERNEL_WORDS = "console=ttyS0 root=/dev/vda rw quiet systemd.show_status=0 mitigations=off tsc=reliable"


@dataclass(frozen=True, slots=True, kw_only=True)
class BootFiles:
    """Kernel, initrd and the read-only disk below the guest's own."""

    kernel: Path
    initrd: Path
    base_disk: Path


CARD_DEVICES = {
    SoundCard.AC97: ("AC97,audiodev=silent",),
    SoundCard.HDA: ("ich9-intel-hda,id=hda", "hda-duplex,bus=hda.0,audiodev=silent"),
    SoundCard.HDA_OUTPUT: ("intel-hda,id=output", "hda-output,bus=output.0,audiodev=silent"),
}
TELL_DROPS = 4
"""usb-redir's level from which it says when it throws packets away because the guest did not fetch them."""

DROPPED = b"overflow, dropping packets"


def port_socket(port: int) -> str:
    """The socket of USB port *port* (from 0): connecting to it plugs, closing unplugs."""
    return f"usb{port}.sock"


def qemu_command(hardware: Hardware, boot: BootFiles, snapshot: str | None = None) -> tuple[str, ...]:
    """The whole command line; *snapshot* is the name of an internal snapshot to resume."""
    return (
        *(PROGRAM, "-name", "lab", "-display", "none", "-nodefaults"),
        *("-accel", "tcg,thread=multi", "-cpu", "qemu64"),
        *("-smp", str(hardware.cpus), "-m", str(hardware.memory_mib), "-mem-prealloc"),
        *("-kernel", str(boot.kernel), "-initrd", str(boot.initrd), "-append", KERNEL_WORDS),
        *("-chardev", f"file,id=ser,path={SERIAL},append=on", "-serial", "chardev:ser"),
        *("-qmp", f"unix:{MONITOR},server=on,wait=off"),
        *_disk(boot.base_disk),
        *_agent(),
        *("-device", "virtio-rng-pci"),
        *("-netdev", f"user,id={NETWORK},restrict=on", "-device", f"virtio-net-pci,netdev={NETWORK},romfile="),
        *("-device", f"virtio-scsi-pci,id={DISKS}"),
        *_usb(),
        *_sound(hardware.cards),
        *(("-loadvm", snapshot) if snapshot else ()),
    )


def _disk(base: Path) -> tuple[str, ...]:
    drive = f"if=none,id=disk0,file={DISK},format=qcow2,cache=writeback,discard=unmap"
    return (
        "-drive",
        f"{drive},backing.driver=raw,backing.file.filename={base}",
        "-device",
        "virtio-blk-pci,drive=disk0",
    )


def _agent() -> tuple[str, ...]:
    return (
        *("-device", "virtio-serial-pci", "-chardev", f"socket,id=qga,path={AGENT},server=on,wait=off"),
        *("-device", "virtserialport,chardev=qga,name=org.qemu.guest_agent.0"),
    )


def _usb() -> tuple[str, ...]:
    controllers = (
        *("-device", "ich9-usb-ehci1,id=ehci,addr=1d.7,multifunction=on"),
        *("-device", "ich9-usb-uhci1,masterbus=ehci.0,firstport=0,addr=1d.0,multifunction=on"),
        *("-device", "ich9-usb-uhci2,masterbus=ehci.0,firstport=2,addr=1d.1"),
        *("-device", "ich9-usb-uhci3,masterbus=ehci.0,firstport=4,addr=1d.2"),
    )
    ports = [
        word
        for port in range(PORTS)
        for word in (
            *("-chardev", f"socket,id=usb{port},path={port_socket(port)},server=on,wait=off"),
            *("-device", f"usb-redir,chardev=usb{port},id=port{port},bus=ehci.0,port={port + 1},debug={TELL_DROPS}"),
        )
    ]
    return (*controllers, *ports)


def _sound(cards: tuple[SoundCard, ...]) -> tuple[str, ...]:
    devices = [word for card in cards for device in CARD_DEVICES[card] for word in ("-device", device)]
    return ("-audiodev", "none,id=silent", *devices) if cards else ()
