"""How long to be patient with a document that could not be printed yet."""

from datetime import timedelta

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
# A document that has broken so many presses would break the next one too.
MOST_CRASHES = 3


def pause_after(attempts: int) -> timedelta:
    """The pause before the next try: it doubles, up to five minutes, and never ends."""
    doublings: int = 2 ** min(max(attempts - 1, 0), 10)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)
