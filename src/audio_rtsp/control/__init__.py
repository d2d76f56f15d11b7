"""The control socket: how every face asks a running supervisor, one JSON object a line."""
