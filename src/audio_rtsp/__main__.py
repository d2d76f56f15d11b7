"""``python -m audio_rtsp`` and the command ``audio-rtsp``."""

import signal


def main() -> None:
    """Run the command; a Ctrl-C while it is being loaded ends it without a word."""
    loading = signal.getsignal(signal.SIGINT)
    if loading is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from audio_rtsp.cli.main import main as run

    signal.signal(signal.SIGINT, loading)
    run()


if __name__ == "__main__":
    main()
