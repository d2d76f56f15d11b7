"""What every test may rely on, whoever starts it."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # the machine is shared; each test has a time limit of its own
settings.load_profile("patient")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # nohup … &: our children would be deaf to it, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
