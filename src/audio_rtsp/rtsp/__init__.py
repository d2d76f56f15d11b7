"""The built-in RTSP server: RTSP 1.0 over TCP and UDP, and MediaMTX's API over it. Knows nothing of microphones."""
