"""A media server as the rest sees it; nobody outside imports a backend by name but service.py."""
