"""What every test may rely on, whoever starts it."""

from __future__ import annotations

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # nohup … &: our children would be deaf to it, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
