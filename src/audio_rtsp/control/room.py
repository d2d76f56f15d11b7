"""Who may have how many connections at once. Pure.

The socket is open to every user of the machine: one who fills it must not shut the owner out.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_OF_ONE = 8
"""Of one user who is neither root nor ours: a few watchers and a question."""
MOST_OF_OTHERS = 64
"""Of all those together: a user can have thousands of user ids (subuid(5))."""
MOST_OF_OURS = 64
"""Of root and of the user that runs the program; then the oldest of them makes room."""


def has_room(user: int, others: Sequence[int]) -> bool:
    """For one more of *user* beside *others*, the users of all connections that are neither root's nor ours."""
    return len(others) < MOST_OF_OTHERS and others.count(user) < MOST_OF_ONE
