"""A media server as the rest sees it; ``choice.py`` makes the backends, which outside nobody names but the verbs."""
