"""What is wrong with the evidence: each function knows one promise of the platform and yields a sentence for each breach."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from services.applications import records
from services.applications.domain.evolve import fold
from services.applications.domain.timers import timers_of
from shared.deadlines.shipped import shipped_calendar
from tests.chaos.evidence import IN_THE_FEED, NOT_SEALED, TOLD, Evidence, Row
from tests.chaos.load import Sent

Examination = Callable[[Evidence, Sequence[Sent]], Iterator[str]]
SUBMIT = "applications.submit_case"


def faults(evidence: Evidence, sent: Sequence[Sent]) -> list[str]:
    """Every breach of every promise."""
    return [
        f"{promise}: {fault}" for promise, examine in PROMISES.items() for fault in examine(evidence, sent)
    ]


def _compared(what: str, expected: Iterable[Any], found: Iterable[Any]) -> Iterator[str]:
    """Each thing exactly once on both sides; says what is lost, what nobody expected, and what is there twice."""
    wanted, there = Counter(iter(expected)), Counter(iter(found))
    if lost := wanted - there:
        yield f"{lost.total()} {what} lost, such as {next(iter(lost))}"
    if more := there - wanted:
        for name, kind in (
            ("twice", more.keys() & wanted.keys()),
            ("that nobody expects", more.keys() - wanted.keys()),
        ):
            if kind:
                yield f"{len(kind)} {what} {name}, such as {next(iter(kind))}"


# --- applications ------------------------------------------------------------------------------------------------


def _submissions(evidence: Evidence, sent: Sequence[Sent]) -> Iterator[str]:
    yield from _compared("cases", (one.case_id for one in sent), (str(row["id"]) for row in evidence.cases))
    yield from _compared(
        "cases under an external number",
        ((one.external_no, one.case_id) for one in sent if one.external_no),
        ((row["external_no"], str(row["id"])) for row in evidence.cases if row["partner"]),
    )
    yield from _compared(
        "case numbers", (one.receipt["case_no"] for one in sent), (row["case_no"] for row in evidence.cases)
    )


def _states(evidence: Evidence, sent: Sequence[Sent]) -> Iterator[str]:
    rows = {str(row["id"]): row for row in evidence.cases}
    for one in sent:
        expected = (1, "SUBMITTED") if one.next_state is None else (2, one.next_state)
        row = rows.get(one.case_id)
        if row is not None and (row["version"], row["state"]) != expected:
            yield f"case {one.case_id} is {(row['version'], row['state'])} where {expected} was acknowledged"


def _folds(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    of_case: dict[Any, list[Row]] = defaultdict(list)
    for row in evidence.case_events:
        of_case[row["case_id"]].append(row)
    rows = {row["id"]: row for row in evidence.cases}
    yield from _compared("cases with a record", of_case, rows)
    for case_id in of_case.keys() & rows.keys():
        yield from _fold(rows[case_id], of_case[case_id])


def _fold(row: Row, events: Sequence[Row]) -> Iterator[str]:
    if [event["version"] for event in events] != list(range(1, len(events) + 1)):
        yield f"the record of case {row['id']} has gaps"
        return
    case = fold(
        row["id"],
        [
            records.event_from_record(event["name"], event["schema_version"], event["data"])
            for event in events
        ],
    )
    columns = (case.version, case.state.value, case.due_on, case.case_no, case.proposed)
    if case != records.case_from_record(row["body"]) or columns != (
        row["version"],
        row["state"],
        row["due_on"],
        row["case_no"],
        row["proposed"],
    ):
        yield f"the row of case {row['id']} is not the fold of its events"


def _outbox(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    yield from _compared(
        "outbox rows of case events",
        ((row["event_id"], row["sha256"].hex(), str(row["case_id"])) for row in evidence.case_events),
        ((row["message_id"], row["sha256"], row["subject"]) for row in evidence.outbox["applications"]),
    )
    for service, rows in evidence.outbox.items():
        if unsent := sum(row["sent_at"] is None for row in rows):
            yield f"{unsent} events of {service} were never sent"


# What the second event of a case leaves behind; each of these kinds has a series of its own.
_NOTICES = {"CORRECTION_NOTICED": "correction_notice", "WITHDRAWN": "termination_notice"}


def _documents(evidence: Evidence, sent: Sequence[Sent]) -> Iterator[str]:
    notices = [(one.case_id, _NOTICES[one.next_state]) for one in sent if one.next_state]
    yield from _compared(
        "documents",
        [*((one.case_id, "receipt_voucher") for one in sent), *notices],
        ((str(row["case_id"]), row["kind"]) for row in evidence.documents),
    )
    for kind in _NOTICES.values():
        serials = [_serial(row["number"]) for row in evidence.documents if row["kind"] == kind]
        if sorted(serials) != list(range(1, len(serials) + 1)):
            yield f"the numbers of {kind} have a gap or a double"
    yield from _compared(
        "series of numbers",
        Counter(kind for _, kind in notices).items(),
        ((row["kind"], row["last"]) for row in evidence.series),
    )


def _serial(number: str) -> int:
    return int(number.rpartition("〕")[2].removesuffix("号"))


def _commands(evidence: Evidence, sent: Sequence[Sent]) -> Iterator[str]:
    submitted = sum(row["operation"] == SUBMIT for row in evidence.commands)
    if submitted != len(sent):
        yield f"{submitted} submissions are remembered as commands, {len(sent)} were sent"


def _timers(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    calendar = shipped_calendar()
    yield from _compared(
        "open timers",
        (
            (row["id"], timer.kind, timer.due_at)
            for row in evidence.cases
            for timer in timers_of(records.case_from_record(row["body"]), calendar)
        ),
        (
            (row["case_id"], row["kind"], row["due_at"])
            for row in evidence.timers
            if row["settled_at"] is None
        ),
    )


# --- what the others make of it ----------------------------------------------------------------------------------


def _messages(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    yield from _compared(
        "messages",
        (row["message_id"] for row in evidence.outbox["applications"] if row["routing_key"] in TOLD),
        (row["cause_id"] for row in evidence.messages),
    )


def _mails(evidence: Evidence, sent: Sequence[Sent]) -> Iterator[str]:
    by_mail = {one.case_id for one in sent if one.by_mail}
    states = {str(row["message_id"]): row["state"] for row in evidence.deliveries}
    yield from _compared(
        "e-mail deliveries",
        (str(row["message_id"]) for row in evidence.messages if str(row["case_id"]) in by_mail),
        (str(row["message_id"]) for row in evidence.deliveries),
    )
    # Where nobody can know whether the mail server took the text, it says so and does not try again.
    if odd := [state for state in states.values() if state not in ("served", "uncertain")]:
        yield f"{len(odd)} mails are neither served nor uncertain but {odd[0]}"
    certain = {message_id for message_id, state in states.items() if state == "served"}
    yield from _compared(
        "mails", certain, (one for one in evidence.mails.elements() if one not in states or one in certain)
    )
    yield from (
        f"mail {message_id} of an uncertain delivery came {count} times"
        for message_id, count in evidence.mails.items()
        if states.get(message_id) == "uncertain" and count > 1
    )


def _leaves(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    yield from _compared(
        "leaves",
        (
            (row["message_id"], row["sha256"])
            for rows in evidence.outbox.values()
            for row in rows
            if row["routing_key"] != NOT_SEALED
        ),
        ((row["event_id"], row["sha256"]) for row in evidence.leaves),
    )


def _log(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    yield from (fault.en for fault in evidence.log.faults)
    if not evidence.log.witnessed:
        yield "no checkpoint was witnessed"
    # The log is verified after its leaves were read, and what is printed late may have added to it meanwhile.
    if evidence.log.tree_size < len(evidence.leaves):
        yield f"{evidence.log.tree_size} leaves were verified of {len(evidence.leaves)}"


def _feed(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    yield from _compared(
        "entries of the feed",
        (
            row["message_id"]
            for row in evidence.outbox["applications"]
            if row["routing_key"] in IN_THE_FEED and row["partner"]
        ),
        (row["event_id"] for row in evidence.feed),
    )
    if [row["position"] for row in evidence.feed] != list(range(1, len(evidence.feed) + 1)):
        yield "the positions of the feed have a gap or a double"
    newest: dict[Any, int] = {}
    for row in evidence.feed:
        if row["sequence"] <= newest.get(row["case_id"], 0):
            yield f"event {row['event_id']} stands behind a later one of its case"
        newest[row["case_id"]] = row["sequence"]


def _feed_read(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    listed = [str(row["event_id"]) for row in evidence.feed]
    read = [row["event_id"] for row in evidence.feed_read]
    yield from _compared("events read by cursor", listed, read)
    if sorted(listed) == sorted(read) and listed != read:
        yield "the cursor read the feed in another order than its own"


def _leftovers(evidence: Evidence, _: Sequence[Sent]) -> Iterator[str]:
    for place, tables in (("retries", evidence.retries), ("dead_letters", evidence.dead_letters)):
        for service, rows in tables.items():
            if rows:
                yield f"{len(rows)} rows in {place} of {service}, such as {dict(rows[0])}"


SUBMISSIONS = "every acknowledged submission exists once and none that nobody sent"
STATES = "a case is in the state that was acknowledged"
FOLDS = "a case is the fold of its record"
OUTBOX = "every case event has one outbox row, sent"
DOCUMENTS = "every document exists once, in a series without gaps"
COMMANDS = "every submission is one remembered command"
TIMERS = "the open timers are those that the case needs"
MESSAGES = "every event is told once"
MAILS = "every mail is sent once"
LEAVES = "every event of every service is one leaf"
LOG = "the log verifies, also against its witness"
FEED = "the feed has every event once, in order, without gaps"
FEED_READ = "a cursor reads every event once"
LEFTOVERS = "nothing waits for a person or for another try"

PROMISES: dict[str, Examination] = {
    SUBMISSIONS: _submissions,
    STATES: _states,
    FOLDS: _folds,
    OUTBOX: _outbox,
    DOCUMENTS: _documents,
    COMMANDS: _commands,
    TIMERS: _timers,
    MESSAGES: _messages,
    MAILS: _mails,
    LEAVES: _leaves,
    LOG: _log,
    FEED: _feed,
    FEED_READ: _feed_read,
    LEFTOVERS: _leftovers,
}
