"""MediaMTX v1.12.2 to v1.20.1."""
