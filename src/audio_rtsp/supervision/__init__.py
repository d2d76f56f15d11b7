"""The promise that a stream stays up."""
