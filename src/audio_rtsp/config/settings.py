"""Every setting, declared once: parser, default file, options, reference page and JSON come from here."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from audio_rtsp.config import kind
from audio_rtsp.config.kind import Kind
from audio_rtsp.config.setting import Scope, Setting

T = TypeVar("T")


class LogLevel(StrEnum):
    """What is written to the logs: this and all that is worse."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ServerChoice(StrEnum):
    """Which media server ``audio-rtsp run`` starts."""

    AUTO = "auto"
    MEDIAMTX = "mediamtx"
    EMBEDDED = "embedded"


CODECS = {
    "libmp3lame": "libmp3lame",
    "mp3": "libmp3lame",
    "aac": "aac",
    "libopus": "libopus",
    "opus": "libopus",
    "pcm_s16be": "pcm_s16be",
    "pcm_s24be": "pcm_s24be",
    "flac": "flac",
}
ONE_CORE = "percent of one core"
SECONDS_IN_TEN_YEARS = 315_360_000


def _declare(
    key: str,
    default: T,
    of: Kind[T],
    help: str,
    *,
    group: str,
    scope: Scope = Scope.SERVICE,
    secret: bool = False,
) -> Setting[T]:
    return Setting(
        key=key,
        default=default,
        parse=of.parse,
        render=of.render,
        takes=of.takes,
        unit=of.unit,
        help=help,
        scope=scope,
        group=group,
        secret=secret,
    )


STREAMING = "Audio RTSP Streaming Service Configuration"

RTSP_PORT = _declare(
    "RTSP_PORT", 18554, kind.whole(1, 65535), "Port of the RTSP streams; the media server follows it.", group=STREAMING
)
RESTART_DELAY = _declare(
    "RESTART_DELAY",
    10.0,
    kind.seconds(1, 3600),
    "Longest wait before a stream that failed without a known cause is started again; the first retry comes at once.",
    group=STREAMING,
)
MAX_RESTART_ATTEMPTS = _declare(
    "MAX_RESTART_ATTEMPTS",
    5,
    kind.whole(1, 1000),
    "Streams: after so many short runs in a row one try every RESTART_COOLDOWN, for ever. "
    "Monitor: after so many recoveries of the server within a healthy hour the next one starts one level higher.",
    group=STREAMING,
)
MAX_STREAMS = _declare(
    "MAX_STREAMS",
    32,
    kind.whole(1, 256),
    "At most so many streams; devices named in device_map.conf come first, then the order of arrival.",
    group=STREAMING,
)
GAP_FILL_SECONDS = _declare(
    "GAP_FILL_SECONDS",
    30.0,
    kind.seconds(0, 3600),
    "How long silence is sent in place of a device that is away, so that listeners stay connected; 0 sends none. "
    "As long our own server keeps listeners while a stream has no encoder.",
    group=STREAMING,
)
LOG_LEVEL = _declare(
    "LOG_LEVEL",
    LogLevel.INFO,
    kind.choice(LogLevel),
    "What is written to the logs: this and all that is worse.",
    group=STREAMING,
)
LOG_DIR = _declare(
    "LOG_DIR", Path("/var/log/audio-rtsp"), kind.folder(), "Directory of the service's log files.", group=STREAMING
)
LOG_ROTATE_DAYS = _declare(
    "LOG_ROTATE_DAYS",
    7,
    kind.whole(1, 3650, "days"),
    "How many rotated log files are kept; there is one a day.",
    group=STREAMING,
)

AUDIO = "Audio Settings"

AUDIO_BITRATE = _declare(
    "AUDIO_BITRATE",
    192_000,
    kind.bitrate(8_000, 1_024_000),
    "Bitrate of the encoded sound. libmp3lame takes at most 320k, below 32 kHz at most 160k; libopus at most 256k "
    "a channel; the pcm codecs have none.",
    group=AUDIO,
    scope=Scope.STREAM,
)
AUDIO_CODEC = _declare(
    "AUDIO_CODEC",
    "libmp3lame",
    kind.named(CODECS, "one of libmp3lame (or mp3), aac, libopus (or opus), pcm_s16be, pcm_s24be"),
    "How the sound is encoded. libmp3lame plays in every RTSP client but in no browser; libopus (at 48000 Hz) plays "
    "everywhere; aac everywhere but over WebRTC; pcm_s16be and pcm_s24be lose nothing. flac cannot go over RTSP and "
    "becomes pcm_s16be.",
    group=AUDIO,
    scope=Scope.STREAM,
)
AUDIO_CHANNELS = _declare(
    "AUDIO_CHANNELS",
    1,
    kind.whole(1, 32),
    "Channels of the stream: 1 is mono, 2 is stereo.",
    group=AUDIO,
    scope=Scope.STREAM,
)
AUDIO_SAMPLE_RATE = _declare(
    "AUDIO_SAMPLE_RATE",
    44_100,
    kind.whole(8_000, 384_000, "Hz"),
    "Sample rate of the stream. libopus takes 48000, 24000, 16000, 12000 and 8000; libmp3lame at most 48000.",
    group=AUDIO,
    scope=Scope.STREAM,
)
AUDIO_CHANNEL_PICK = _declare(
    "AUDIO_CHANNEL_PICK",
    "mix",
    kind.numbered(("mix", "left", "right"), 32, "mix, left, right, or the number of a channel from 1 to 32"),
    "Which channel of the device a mono stream carries; mix is all of them, each as loud as the others.",
    group=AUDIO,
    scope=Scope.STREAM,
)
AUDIO_CAPTURE_VOLUME = _declare(
    "AUDIO_CAPTURE_VOLUME",
    None,
    kind.keep_or_percent(),
    "Level that the card's own mixer is set to (and unmuted) before each start; keep leaves it alone.",
    group=AUDIO,
    scope=Scope.STREAM,
)
AUDIO_SILENCE_SECONDS = _declare(
    "AUDIO_SILENCE_SECONDS",
    60.0,
    kind.seconds(1, 86_400, zero="never"),
    "After so long without any signal a stream is shown as SILENT; a quiet room is not silence.",
    group=AUDIO,
    scope=Scope.STREAM,
)
FFMPEG_ADDITIONAL_OPTS = _declare(
    "FFMPEG_ADDITIONAL_OPTS",
    "",
    kind.line('options of ffmpeg on one line, such as "-af highpass=f=100"; empty for none'),
    "Filters and encoder options added to ffmpeg. In acompressor, makeup=2 is a factor (6 dB). dynaudnorm gives its "
    "first sound after 16 s, dynaudnorm=g=3 after 2 s.",
    group=AUDIO,
    scope=Scope.STREAM,
)

SERVING = "Media Server"

SERVER = _declare(
    "SERVER",
    ServerChoice.AUTO,
    kind.choice(ServerChoice),
    "Media server that audio-rtsp run starts; auto takes MediaMTX when it is installed, else the built-in one.",
    group=SERVING,
)
MEDIAMTX_BIN = _declare(
    "MEDIAMTX_BIN",
    "",
    kind.program("a whole path, such as /usr/local/mediamtx/mediamtx; empty to look for it"),
    "MediaMTX's program; when empty it is looked for on PATH and in /usr/local/mediamtx.",
    group=SERVING,
)
MEDIAMTX_RELEASES_URL = _declare(
    "MEDIAMTX_RELEASES_URL",
    "https://github.com/bluenviron/mediamtx/releases",
    kind.address("an http or https URL", optional=False),
    "Where MediaMTX is downloaded from. A mirror has the same layout: URL.atom lists the releases, "
    "URL/download/VERSION/ holds their files.",
    group=SERVING,
)
API_PORT = _declare(
    "API_PORT",
    19997,
    kind.whole(1, 65535),
    "Port of the media server's API; it listens on this host only.",
    group=SERVING,
)
RTSP_READ_USER = _declare(
    "RTSP_READ_USER",
    "",
    kind.credential("letters, digits and !$()*+.;<=>[]^_-{}@#&; empty for none"),
    "User that listeners must name; empty lets everybody on the network listen.",
    group=SERVING,
    secret=True,
)
RTSP_READ_PASSWORD = _declare(
    "RTSP_READ_PASSWORD",
    "",
    kind.credential("letters, digits and !$()*+.;<=>[]^_-{}@#&; empty for none"),
    "Password that goes with RTSP_READ_USER.",
    group=SERVING,
    secret=True,
)

THRESHOLDS = "Recovery Thresholds"

CPU_THRESHOLD = _declare(
    "CPU_THRESHOLD",
    80.0,
    kind.percent(1, 10_000, ONE_CORE),
    "CPU use of the media server that leads to a recovery, after CPU_SUSTAINED_PERIODS.",
    group=THRESHOLDS,
)
CPU_WARNING_THRESHOLD = _declare(
    "CPU_WARNING_THRESHOLD",
    70.0,
    kind.percent(1, 10_000, ONE_CORE),
    "CPU use of the media server that is warned of.",
    group=THRESHOLDS,
)
CPU_SUSTAINED_PERIODS = _declare(
    "CPU_SUSTAINED_PERIODS",
    3,
    kind.whole(1, 1000, "periods of MONITOR_INTERVAL"),
    "How long CPU, memory or descriptors must be over their threshold before anything is done.",
    group=THRESHOLDS,
)
MEMORY_THRESHOLD = _declare(
    "MEMORY_THRESHOLD",
    15.0,
    kind.percent(1, 100, "percent of RAM (RSS)"),
    "Memory of the media server that leads to a recovery, after CPU_SUSTAINED_PERIODS.",
    group=THRESHOLDS,
)
MEMORY_WARNING_THRESHOLD = _declare(
    "MEMORY_WARNING_THRESHOLD",
    12.0,
    kind.percent(1, 100, "percent of RAM (RSS)"),
    "Memory of the media server that is warned of.",
    group=THRESHOLDS,
)
EMERGENCY_CPU_THRESHOLD = _declare(
    "EMERGENCY_CPU_THRESHOLD",
    95.0,
    kind.percent(1, 10_000, ONE_CORE),
    "CPU use of the media server that leads to a recovery at once.",
    group=THRESHOLDS,
)
EMERGENCY_MEMORY_THRESHOLD = _declare(
    "EMERGENCY_MEMORY_THRESHOLD",
    20.0,
    kind.percent(1, 100, "percent of RAM (RSS)"),
    "Memory of the media server that leads to a recovery at once.",
    group=THRESHOLDS,
)
FILE_DESCRIPTOR_THRESHOLD = _declare(
    "FILE_DESCRIPTOR_THRESHOLD",
    1000,
    kind.whole(50, 1_048_576),
    "Open files of the media server that lead to a recovery, after CPU_SUSTAINED_PERIODS.",
    group=THRESHOLDS,
)
COMBINED_CPU_THRESHOLD = _declare(
    "COMBINED_CPU_THRESHOLD",
    200.0,
    kind.percent(1, 10_000, ONE_CORE),
    "CPU use of the media server and our own children together; capped at 90 % of all cores.",
    group=THRESHOLDS,
)
DISK_WARNING_THRESHOLD = _declare(
    "DISK_WARNING_THRESHOLD",
    80.0,
    kind.percent(1, 100, "percent used"),
    "Use of the file systems of the logs and the state (blocks or inodes) that is warned of.",
    group=THRESHOLDS,
)
DISK_EMERGENCY_THRESHOLD = _declare(
    "DISK_EMERGENCY_THRESHOLD",
    90.0,
    kind.percent(1, 100, "percent used"),
    "Use of these file systems at which rotated logs and old state are pruned.",
    group=THRESHOLDS,
)

RECOVERY = "Recovery Settings"

RESTART_COOLDOWN = _declare(
    "RESTART_COOLDOWN",
    300.0,
    kind.seconds(1, 86_400),
    "Streams: the wait between tries once MAX_RESTART_ATTEMPTS is reached. "
    "Monitor: the least time between two recoveries of the server; an emergency does not wait.",
    group=RECOVERY,
)
REBOOT_THRESHOLD = _declare(
    "REBOOT_THRESHOLD",
    3,
    kind.whole(1, 100),
    "So many failed recoveries of level 3 in a row lead to a reboot, when it is enabled.",
    group=RECOVERY,
)
ENABLE_AUTO_REBOOT = _declare(
    "ENABLE_AUTO_REBOOT",
    False,
    kind.switch(),
    "Whether the monitor may reboot the machine as the last resort.",
    group=RECOVERY,
)
REBOOT_COOLDOWN = _declare(
    "REBOOT_COOLDOWN",
    1800.0,
    kind.seconds(60, 604_800),
    "Least uptime before the monitor reboots again.",
    group=RECOVERY,
)
MAX_REBOOTS_IN_DAY = _declare(
    "MAX_REBOOTS_IN_DAY",
    5,
    kind.whole(0, 100),
    "Most reboots within 24 hours of powered time.",
    group=RECOVERY,
)
MAX_UPTIME = _declare(
    "MAX_UPTIME",
    86_400.0,
    kind.seconds(60, SECONDS_IN_TEN_YEARS, zero="never"),
    "After so long the media server is restarted in a moment without listeners; by force only below v1.15.0 (a leak).",
    group=RECOVERY,
)
MONITOR_INTERVAL = _declare(
    "MONITOR_INTERVAL", 10.0, kind.seconds(1, 600), "Time between two looks of the monitor.", group=RECOVERY
)
TREND_HORIZON = _declare(
    "TREND_HORIZON",
    3600.0,
    kind.seconds(60, 604_800),
    "How far ahead the monitor reckons when a rising trend will reach its threshold.",
    group=RECOVERY,
)

ALERTS = "Alerts"

ALERT_COMMAND = _declare(
    "ALERT_COMMAND",
    "",
    kind.program("the whole path of a program with its arguments; empty for none"),
    "Program that is run for each alert.",
    group=ALERTS,
)
ALERT_URL = _declare(
    "ALERT_URL",
    "",
    kind.address("an http or https URL; empty for none", optional=True),
    "Address that each alert is posted to.",
    group=ALERTS,
    secret=True,
)

ALL: tuple[Setting[Any], ...] = tuple(value for value in tuple(globals().values()) if isinstance(value, Setting))
BY_KEY: dict[str, Setting[Any]] = {setting.key: setting for setting in ALL}

_MONITOR = frozenset(one for one in ALL if one.group in (THRESHOLDS, RECOVERY, ALERTS)) - {RESTART_COOLDOWN}
NOT_YET = _MONITOR | {LOG_ROTATE_DAYS}
"""Settings that can be written and have no effect, until the monitor and the installer are there."""
