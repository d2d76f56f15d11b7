"""What this machine says of itself; reads, never changes."""
