"""``python -m field``, as script/lab calls it."""

from __future__ import annotations

import sys

from field.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
