"""The examination notices: evidence of the storm is damaged in one place, and the promise that this breaks is named."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.chaos.evidence import TOLD, Evidence, Row
from tests.chaos.examination import (
    COMMANDS,
    DOCUMENTS,
    FEED,
    FEED_READ,
    FOLDS,
    LEAVES,
    LEFTOVERS,
    LOG,
    MAILS,
    MESSAGES,
    OUTBOX,
    PROMISES,
    STATES,
    SUBMISSIONS,
    TIMERS,
)
from tests.chaos.load import Sent
from tests.chaos.storm import Aftermath

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

Case = tuple[Evidence, Sequence[Sent]]
Damage = Callable[[Evidence, Sequence[Sent]], Case]
Rows = Sequence[Row]


def _lost(rows: Rows) -> Rows:
    return rows[:-1]


def _doubled(rows: Rows) -> Rows:
    return [*rows, rows[-1]]


def _with(**changes: Any) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows[:-1], {**rows[-1], **changes}]


def _swapped(rows: Rows) -> Rows:
    return [*rows[:-2], rows[-1], rows[-2]]


def rows_of(place: str, change: Callable[[Rows], Rows]) -> Damage:
    """Damage to one table."""

    def damage(evidence: Evidence, sent: Sequence[Sent]) -> Case:
        changed: dict[str, Any] = {place: change(getattr(evidence, place))}
        return replace(evidence, **changed), sent

    return damage


def rows_in(place: str, service: str, change: Callable[[Rows], Rows]) -> Damage:
    """Damage to one service's table of a kind that every service has."""

    def damage(evidence: Evidence, sent: Sequence[Sent]) -> Case:
        tables: Mapping[str, Rows] = getattr(evidence, place)
        changed: dict[str, Any] = {place: {**tables, service: change(tables[service])}}
        return replace(evidence, **changed), sent

    return damage


def _never_acknowledged(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    return evidence, sent[:-1]


def _mail_twice(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    served = next(row for row in evidence.deliveries if row["state"] == "served")
    return replace(evidence, mails=evidence.mails + Counter([str(served["message_id"])])), sent


def _mail_lost(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    served = next(row for row in evidence.deliveries if row["state"] == "served")
    return replace(evidence, mails=evidence.mails - Counter([str(served["message_id"])])), sent


def _uncertain_mail_twice(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    last = {**evidence.deliveries[-1], "state": "uncertain"}
    mails = evidence.mails | Counter({str(last["message_id"]): 2})
    return replace(evidence, deliveries=[*evidence.deliveries[:-1], last], mails=mails), sent


def _message_lost(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    cause = next(row for row in evidence.outbox["applications"] if row["routing_key"] in TOLD)["message_id"]
    kept = [row for row in evidence.messages if row["cause_id"] != cause]
    return replace(evidence, messages=kept), sent


def _open_timer_lost(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    first = next(row for row in evidence.timers if row["settled_at"] is None)
    return replace(evidence, timers=[row for row in evidence.timers if row is not first]), sent


def _truncated_log(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    return replace(evidence, log=replace(evidence.log, tree_size=evidence.log.tree_size - 1)), sent


def _unwitnessed_log(evidence: Evidence, sent: Sequence[Sent]) -> Case:
    return replace(evidence, log=replace(evidence.log, witnessed=0)), sent


LEFTOVER = [{"consumer": "audit.on_events", "message_id": uuid4()}]

DAMAGES: list[tuple[str, str, Damage]] = [
    ("a case is lost", SUBMISSIONS, rows_of("cases", _lost)),
    ("a case is there twice", SUBMISSIONS, rows_of("cases", _doubled)),
    ("a case that nobody sent", SUBMISSIONS, _never_acknowledged),
    ("another case number", SUBMISSIONS, rows_of("cases", _with(case_no="1"))),
    ("another state", STATES, rows_of("cases", _with(state="ACCEPTED"))),
    ("another version", STATES, rows_of("cases", _with(version=9))),
    ("a row that is not the fold", FOLDS, rows_of("cases", _with(state="ACCEPTED"))),
    ("a record without its case", FOLDS, rows_of("case_events", _with(case_id=uuid4()))),
    ("a gap in a record", FOLDS, rows_of("case_events", _with(version=7))),
    ("an event without outbox row", OUTBOX, rows_in("outbox", "applications", _lost)),
    ("an event with two outbox rows", OUTBOX, rows_in("outbox", "applications", _doubled)),
    ("an outbox row with another digest", OUTBOX, rows_in("outbox", "applications", _with(sha256="00"))),
    ("an event that was never sent", OUTBOX, rows_in("outbox", "notifications", _with(sent_at=None))),
    ("a document is lost", DOCUMENTS, rows_of("documents", _lost)),
    ("a document is there twice", DOCUMENTS, rows_of("documents", _doubled)),
    ("a series went on in vain", DOCUMENTS, rows_of("series", _with(last=10**6))),
    ("a command is forgotten", COMMANDS, lambda e, s: (replace(e, commands=[]), s)),
    ("a timer is lost", TIMERS, _open_timer_lost),
    ("a message is lost", MESSAGES, _message_lost),
    ("a message is there twice", MESSAGES, rows_of("messages", _doubled)),
    ("a delivery is lost", MAILS, rows_of("deliveries", _lost)),
    ("a delivery has failed", MAILS, rows_of("deliveries", _with(state="failed"))),
    ("a mail was sent twice", MAILS, _mail_twice),
    ("a mail was not sent", MAILS, _mail_lost),
    ("a mail in doubt was sent twice", MAILS, _uncertain_mail_twice),
    ("a leaf is lost", LEAVES, rows_of("leaves", _lost)),
    ("a leaf is there twice", LEAVES, rows_of("leaves", _doubled)),
    ("a leaf seals other facts", LEAVES, rows_of("leaves", _with(sha256="00"))),
    (
        "an event of another service has no leaf",
        LEAVES,
        rows_in("outbox", "gateway", _with(message_id=uuid4())),
    ),
    ("the log was not verified to its end", LOG, _truncated_log),
    ("the log has no witness", LOG, _unwitnessed_log),
    ("the feed skips an event", FEED, rows_of("feed", _lost)),
    ("the feed has an event twice", FEED, rows_of("feed", _doubled)),
    ("the feed has a gap", FEED, rows_of("feed", _with(position=10**9))),
    ("the feed is out of order", FEED, rows_of("feed", _with(sequence=0))),
    ("the cursor skipped an event", FEED_READ, rows_of("feed_read", _lost)),
    ("the cursor gave an event twice", FEED_READ, rows_of("feed_read", _doubled)),
    ("the cursor changed the order", FEED_READ, rows_of("feed_read", _swapped)),
    ("a message waits for a retry", LEFTOVERS, rows_in("retries", "audit", lambda _: LEFTOVER)),
    ("a message waits for a person", LEFTOVERS, rows_in("dead_letters", "gateway", lambda _: LEFTOVER)),
]


@pytest.mark.parametrize(
    ("damage", "promise"),
    [(damage, promise) for _, promise, damage in DAMAGES],
    ids=[name for name, _, _ in DAMAGES],
)
def test_each_kind_of_damage_is_noticed(aftermath: Aftermath, damage: Damage, promise: str) -> None:
    examine = PROMISES[promise]
    assert list(examine(aftermath.evidence, aftermath.sent)) == []
    assert list(examine(*damage(aftermath.evidence, aftermath.sent)))
