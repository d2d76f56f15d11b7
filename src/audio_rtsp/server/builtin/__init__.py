"""Our own RTSP server as a child process."""
