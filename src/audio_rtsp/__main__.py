"""``python -m audio_rtsp`` is the command."""

from audio_rtsp.cli.main import main

if __name__ == "__main__":
    main()
