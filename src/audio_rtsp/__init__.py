"""Every microphone of a Linux box as an always-on RTSP audio stream."""

__version__ = "0.1.0"
