"""What we do to this machine: child processes, files that change whole or not at all, locks."""
