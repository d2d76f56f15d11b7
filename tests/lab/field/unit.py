"""The systemd unit of the service, until the project ships its own; and its sandbox.

``char-116`` is ALSA's major number. ``char-alsa`` would be looked up in /proc/devices when the service starts: on a box
that booted without any card it is not there yet, and every microphone that comes later is forbidden (systemd 252).
"""

from __future__ import annotations

PROGRAM = "/opt/audio-rtsp/bin/audio-rtsp"
INTERPRETER = "/opt/audio-rtsp/bin/python"
NAME = "audio-rtsp"
USER = "audio-rtsp"
UNIT_FILE = f"/etc/systemd/system/{NAME}.service"
CONFIG = "/etc/audio-rtsp/config"
STATE = "/var/lib/audio-rtsp"

UNIT = f"""[Unit]
Description=Every microphone as an RTSP stream
After=sound.target network.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart={PROGRAM} run --tone 0
ExecReload=/bin/kill -HUP $MAINPID
User={USER}
SupplementaryGroups=audio
StateDirectory={NAME}
RuntimeDirectory={NAME}
ConfigurationDirectory={NAME}
LogsDirectory={NAME}
Environment=HOME={STATE} XDG_STATE_HOME=/var/lib XDG_RUNTIME_DIR=/run PYTHONUNBUFFERED=1
Restart=always
RestartSec=0.5
WatchdogSec=30
TimeoutStopSec=15
DevicePolicy=closed
DeviceAllow=char-116 rw

[Install]
WantedBy=multi-user.target
"""

SANDBOX_FILE = f"/etc/systemd/system/{NAME}.service.d/sandbox.conf"
SANDBOX = """[Service]
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectProc=default
NoNewPrivileges=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
CapabilityBoundingSet=
UMask=0027
DevicePolicy=closed
DeviceAllow=
DeviceAllow=char-116 rw
"""
"""ProtectClock adds a DeviceAllow of its own, so ours stands after it."""
