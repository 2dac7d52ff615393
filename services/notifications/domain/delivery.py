"""How patiently a notice is sent, and what a mail server's answer means for it.

Five short tries lost other offices' notices in a five-minute outage; so a notice is tried for at least a day, with
growing pauses, and only an answer about this one address or this one text ends it earlier.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_PAUSE = timedelta(hours=4)


class Stage(StrEnum):
    """How far the conversation with the mail server had come when it ended."""

    ADDRESS = "address"
    GREETING = "greeting"
    SENDER = "sender"
    RECIPIENT = "recipient"
    TEXT = "text"


class Outcome(StrEnum):
    """What one attempt came to."""

    STARTED = "started"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    ADDRESS_UNAVAILABLE = "address_unavailable"
    NO_ADDRESS = "no_address"
    UNUSABLE_ADDRESS = "unusable_address"
    INTERRUPTED = "interrupted"
    UNCERTAIN = "uncertain"


FINAL = frozenset({Outcome.REFUSED, Outcome.NO_ADDRESS, Outcome.UNUSABLE_ADDRESS})


@dataclass(frozen=True, slots=True)
class Patience:
    """The pauses between attempts and the end of trying."""

    first_pause: timedelta
    horizon: timedelta

    def pause(self, attempts_in_round: int) -> timedelta:
        """The pause after so many attempts: doubling from the first pause up to four hours."""
        pause = self.first_pause
        for _ in range(attempts_in_round - 1):
            pause = min(pause * 2, LONGEST_PAUSE)
        return pause


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt's outcome, with the mail server's code when it answered one."""

    outcome: Outcome
    smtp_code: int | None = None


def judge_answer(stage: Stage, code: int) -> Result:
    """Whether an answer that is not a yes is about this notice for good, or about the moment or the whole server.

    RFC 5321 §4.2.1: 4xx asks to try again, 5xx not to.  A 5xx before the recipient is named (greeting, login, sender)
    tells of our configuration: it would fail every notice, so each waits for the operator's repair instead.
    """
    permanent = code >= 500 and stage in {Stage.RECIPIENT, Stage.TEXT}
    return Result(Outcome.REFUSED if permanent else Outcome.DEFERRED, code)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What becomes of a delivery after an attempt that was not a success."""

    state: str
    due_at: datetime
    reason: str


def after_failure(
    result: Result, *, attempts_in_round: int, now: datetime, give_up_at: datetime, patience: Patience
) -> NextStep:
    """Try again later, or give up: for good reasons at once, for temporary ones when the horizon is passed."""
    due_at = now + patience.pause(attempts_in_round)
    if result.outcome in FINAL:
        return NextStep("failed", now, result.outcome.value)
    if due_at > give_up_at:
        return NextStep("failed", now, "gave_up")
    return NextStep("retrying", due_at, result.outcome.value)
