"""KEY VALUE as typed; a value may start with ``-``, as the options of ffmpeg do."""

from __future__ import annotations

from itertools import islice

import click

from audio_rtsp.config.complaint import quoted


class KeyAndValue(click.Command):
    """A command that takes them, and --stream."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put all that is no option of ours behind ``--``."""
        options, words = _split_options(args, set(ctx.help_option_names))
        if options[-1:] == ["--stream"]:
            raise click.BadOptionUsage("stream", "Option '--stream' requires an argument.", ctx)
        return super().parse_args(ctx, [*options, "--", *words])


def _split_options(args: list[str], help_options: set[str]) -> tuple[list[str], list[str]]:
    """Our own options, then the words; ``--`` ends the options."""
    options: list[str] = []
    words: list[str] = []
    rest = iter(args)
    for word in rest:
        if word == "--":
            words.extend(rest)
        elif word in help_options or word.startswith("--stream="):
            options.append(word)
        elif word == "--stream":
            options += [word, *islice(rest, 1)]
        else:
            words.append(word)
    return options, words


def parse_pairs(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """``KEY VALUE``, or as many ``KEY=VALUE`` as there are."""
    if "=" not in words[0]:
        if len(words) != 2:
            more = f"{' '.join(words[2:])} is too much; " if words[2:] else ""
            raise click.UsageError(f"{more}takes KEY VALUE, or KEY=VALUE as often as you like")
        return [(words[0], words[1])]
    for word in words:
        if "=" not in word:
            raise click.UsageError(f"{quoted(word)} is not KEY=VALUE")
    return [(key, value) for key, _, value in (word.partition("=") for word in words)]
