"""A group of verbs whose help tells to the end what each does; click cuts its sentence at the last column."""

from __future__ import annotations

import click

WHOLE = 1000
"""Characters: longer than any first sentence of ours."""


class VerbGroup(click.Group):
    """As click's, with whole sentences."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs; what does not fit on the line goes on below."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(WHOLE)) for name, one in commands.items() if one])
