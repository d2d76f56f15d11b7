"""Releases of MediaMTX: found, downloaded, made sure of, installed side by side, switched by one link."""
