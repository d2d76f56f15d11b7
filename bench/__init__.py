"""Measures what docs/why/performance.md claims."""
