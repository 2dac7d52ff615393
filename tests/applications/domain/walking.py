"""A case (and, behind a renewal or a change, the earlier licence) walked day by day, as the service would walk it.

Each step asks one command, by somebody, on a day.  What follows is sealed, written down, published and folded, and the
invariants of `invariants.py` must hold of it.  What was refused leaves the case as it was.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from services.applications import records
from services.applications.domain import commands as c
from services.applications.domain import events as e
from services.applications.domain.answering import submit
from services.applications.domain.authority import Delegation, Powers
from services.applications.domain.case import Case
from services.applications.domain.credit import CreditFacts
from services.applications.domain.decide import decide
from services.applications.domain.documents import Draft, PartyText, Secrets
from services.applications.domain.drafting import drafts
from services.applications.domain.errors import DomainError
from services.applications.domain.events import CaseEvent, Issued
from services.applications.domain.evolve import begin, evolve, fold
from services.applications.domain.facts import Facts
from services.applications.domain.item import Item
from services.applications.domain.licences import validity_of
from services.applications.domain.renewing import follow_up_of
from services.applications.domain.state import HELD_STATES, State
from services.applications.domain.timers import command_of, timers_of
from services.applications.domain.transitions import row_for
from services.applications.domain.values import Organ
from services.applications.domain.wording import render
from services.applications.process_record.steps import STEPS
from services.applications.publishing import contract_of
from shared.deadlines import midnight_after
from shared.deadlines.calendar import AnnouncedDay, CalendarYear, Change, Notice
from tests.applications.domain import drawn, invariants
from tests.applications.domain.cases import (
    APPLICANT,
    APPROVER,
    CALENDAR,
    CASE_ID,
    CLERK,
    DEFAULT_ID,
    FRIDAY,
    ITEM,
    a_signature,
    at,
    credit,
    submission,
)
from tests.applications.domain.tables import A_COMMAND

ORGAN = Organ("亳州市人民政府", "亳州市谯城区人民法院", "https://example.test/reconsider")
PARTY = PartyText("张三丰", "居民身份证", "341602199001010012", "王小二", "13812341234")
SECRETS = Secrets("ABCDEFGH", "理由如此", "王小二", "张三丰", (), "补偿如此")
EARLIER_ID = UUID("01900000-0000-7000-8000-0000000000ea")
# The notice of the next year, as it may come out on the way.
NEXT_YEAR = CalendarYear(
    2027,
    1,
    Notice("国务院办公厅关于2027年部分节假日安排的通知（假设）", "", date(2026, 11, 30)),
    (
        AnnouncedDay(date(2027, 1, 1), Change.OFF, "元旦"),
        *(AnnouncedDay(date(2027, 2, day), Change.OFF, "春节") for day in range(5, 12)),
        AnnouncedDay(date(2027, 2, 20), Change.WORK, "春节"),
    ),
)
ANNOUNCED = CALENDAR.with_year(NEXT_YEAR)
# An approver's role, given to a clerk by a dated instrument.
POWERS = Powers(
    delegations=(
        Delegation(
            ITEM.unit,
            drawn.THIRD_APPROVER.id,
            drawn.CLERK_OF_ANOTHER_DESK.id,
            "亳人防委〔2026〕1号",
            FRIDAY,
            FRIDAY + timedelta(days=90),
            items=(ITEM.code,),
            role="approver",
        ),
    )
)


@dataclass
class Seen:
    """What happened on all walks, to be looked at when they are over."""

    steps: int = 0
    reached: Counter[State] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    drafted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def forget(self) -> None:
        """Begin anew: the walks of an earlier run in the same process count no more."""
        self.__dict__.update(Seen().__dict__)


class Walk:
    """One case, one day after the other."""

    def __init__(
        self,
        seen: Seen,
        item: Item,
        command: c.Submit,
        by: c.By = APPLICANT,
        known: CreditFacts | None = None,
        on: date = FRIDAY,
        earlier: "Walk | None" = None,
    ) -> None:
        self.seen, self.item, self.on, self.earlier = seen, item, on, earlier
        self.calendar = CALENDAR
        self._worked: set[object] = set()
        event = submit(command, at(on, by, item, known))
        first = begin(command.case_id, event)
        documents = self._sealed(drafts(first, [event], item, ORGAN, SECRETS)[0], first)
        event = replace(event, documents=documents)
        self.case: Case = begin(command.case_id, event)
        self.events: list[CaseEvent] = [event]
        self._tell(event)
        seen.reached[self.case.state] += 1

    # -- one step --------------------------------------------------------------------------------------------

    def facts(self, by: c.By, known: CreditFacts | None = None, on: date | None = None) -> Facts:
        """What the rules may know on this day."""
        return replace(
            at(on or self.on, by, self.item, known),
            calendar=self.calendar,
            powers=POWERS,
            licence_case=self.earlier.case if self.earlier else None,
        )

    def ask(self, command: c.Command, by: c.By, known: CreditFacts | None = None) -> bool:
        """Ask for something; whether it was done.  A refusal says why in both languages."""
        try:
            return bool(self.do(command, self.facts(by, known)))
        except DomainError as refusal:
            invariants.of_the_refusal(refusal)
            self.seen.refused[refusal.code] += 1
            return False

    def do(self, command: c.Command, facts: Facts) -> list[CaseEvent]:
        """Do something as the service does: seal, fold, publish, and let the earlier licence follow."""
        self.seen.steps += 1
        start = self.case
        events = decide(start, command, facts)
        row = row_for(start.state, type(command))
        assert row is not None
        assert facts.by.roles & row.actors, "the table names who may do it"
        for event in events:
            before = self.case
            written = drafts(before, [event], self.item, ORGAN, SECRETS)[0]
            assert {draft.kind for draft in written} <= set(row.documents), "the table names the documents"
            event = replace(event, documents=self._sealed(written, before))
            self.case = evolve(before, event)
            self.events.append(event)
            self._tell(event)
            invariants.of_the_event(event, before, self.case, facts)
        assert not events or self.case.state in row.leads_to(start.state), (command, start.state)
        self.seen.reached[self.case.state] += 1
        invariants.of_the_case(self.case, self.events, self.item, self.calendar)
        self._mark_the_earlier_licence(events)
        return events

    def _sealed(self, written: list[Draft], case: Case) -> tuple[Issued, ...]:
        documents: list[Issued] = []
        for draft in written:
            self.seen.drafted[draft.kind] += 1
            number = f"亳人防〔{self.on.year}〕{len(case.documents) + len(documents) + 1}号"
            values = {**draft.values, "number": number, "issued_on": self.on.isoformat()}
            lines = render(draft.kind, values, PARTY, draft.secrets)
            text = "\n".join(f"{line.label}{line.text}" for line in lines)
            assert "None" not in text, text
            assert PARTY.applicant not in str(draft.values), "values name nobody"
            documents.append(Issued(draft.kind, DEFAULT_ID, number, "0" * 64))
        return tuple(documents)

    def _tell(self, event: CaseEvent) -> None:
        name = type(event).__name__
        self.seen.happened[name] += 1
        published = contract_of(self.case, event, self.item)
        # What leaves can be read again by whoever consumes it.
        type(published).model_validate_json(published.model_dump_json())
        step = STEPS[name]
        assert step.act_of(event) in ("通过", "退回", "其他")
        assert step.words_of(event)

    def _mark_the_earlier_licence(self, events: list[CaseEvent]) -> None:
        """LIC-20, LIC-21: what a grant changes or renews is marked so by the same act."""
        if self.earlier is None or self.case.follow_up is None:
            return
        mark: c.Command | None = None
        for event in events:
            match event, self.case.follow_up.purpose:
                case e.Decided(result="grant"), "change":
                    mark = c.MarkChanged(self.case.id)
                case e.Decided(result="grant"), _:
                    mark = c.MarkRenewed(self.case.id, "decision", validity_of(self.case, self.item)[1])
                case e.RenewalDeemed(), _:
                    mark = c.MarkRenewed(self.case.id, "silence", event.valid_until, event.expired_on)
        if mark is not None:
            self.earlier.on = max(self.earlier.on, self.on)
            assert self.earlier.do(mark, self.earlier.facts(c.SYSTEM))

    # -- time ------------------------------------------------------------------------------------------------

    def sleep(self, days: int) -> None:
        """Day after day: each timer in its order, as the service works them, and validities that end."""
        until = self.on + timedelta(days=days)
        if self.earlier is not None:
            self.earlier.sleep((until - self.earlier.on).days)
        for day, command in self._due(until):
            self.on = max(self.on, day)
            self.do(command, self.facts(c.SYSTEM, on=self.on))
        self.on = until
        self._end_validities()

    def _due(self, until: date) -> Iterator[tuple[date, c.Command]]:
        while True:
            ripe = [
                timer
                for timer in timers_of(self.case, self.calendar)
                if timer.due_at < midnight_after(until) and timer not in self._worked
            ]
            if not ripe:
                return
            timer = min(ripe, key=lambda one: (one.due_at, one.kind))
            self._worked.add(timer)
            yield (timer.due_at + timedelta(hours=8)).date(), command_of(timer.kind, DEFAULT_ID)

    def _end_validities(self) -> None:
        # Art 50: an unanswered renewal counts as granted; Art 70: otherwise the licence is to be struck off.
        if self.earlier is not None:
            earlier = self.earlier.case
            until = earlier.licence.valid_until if earlier.licence else None
            if until and until < self.on and earlier.state in HELD_STATES and self._may(c.DeemRenewed):
                self.do(c.DeemRenewed(until), self.facts(c.SYSTEM))
        if self._may(c.MarkExpired):
            self.do(c.MarkExpired(), self.facts(c.SYSTEM))

    def _may(self, kind: type[c.Command]) -> bool:
        return row_for(self.case.state, kind) is not None

    def announce_the_next_year(self) -> None:
        """The notice of the next year comes out, and every open date is counted again."""
        self.calendar = ANNOUNCED
        if self._may(c.RecomputeClocks):
            self.do(c.RecomputeClocks(), self.facts(c.SYSTEM))

    # -- the end ---------------------------------------------------------------------------------------------

    def must_be_its_own_record(self) -> None:
        """The fold of the events is the row, also after both were written down and read again."""
        case_id = self.case.id
        assert fold(case_id, self.events) == self.case
        assert self.case.version == len(self.events)
        written = [(type(event).__name__, *records.event_to_json(event)) for event in self.events]
        read = [
            records.event_from_record(name, records.SCHEMA_VERSIONS[name], records.parse(text))
            for name, text, _ in written
        ]
        assert fold(case_id, read) == self.case
        assert records.case_from_record(records.parse(records.case_to_json(self.case))) == self.case
        if self.earlier is not None:
            self.earlier.must_be_its_own_record()


def begun(
    seen: Seen,
    item: Item,
    codes: tuple[str, ...],
    *,
    asks: bool = True,
    by: c.By = APPLICANT,
    known: CreditFacts | None = None,
    about: str = "",
) -> Walk:
    """A walk that begins with these papers; `about` is what it wants of an earlier licence: a renewal or a change."""
    committed = tuple(one.code for one in item.materials if one.by_commitment and one.code not in codes)
    command = replace(submission(*codes, asks=asks), commitments=committed)
    if committed:
        command = replace(command, signatures=(*command.signatures, a_signature("commitment")))
    earlier = None
    if about and item.validity:
        earlier = an_earlier_licence(seen, item)
        facts = at(FRIDAY, by, item)
        command = replace(command, follow_up=follow_up_of(about, earlier.case, command.applicant_id, facts))
    return Walk(seen, item, command, by, known if known is not None else credit(), earlier=earlier)


def an_earlier_licence(seen: Seen, item: Item) -> Walk:
    """A certificate in its holder's hand since the spring; its six months end some weeks after that Friday."""
    command = replace(submission(*drawn.COMPLETE), case_id=EARLIER_ID)
    walk = Walk(seen, item, command, on=date(2026, 4, 17))
    for later, kind, by in (
        (1, c.Accept, CLERK),
        (3, c.Decide, APPROVER),
        (1, c.IssueLicence, APPROVER),
        (1, c.Deliver, CLERK),
    ):
        walk.sleep(later)
        assert walk.ask(c.Decide("grant") if kind is c.Decide else A_COMMAND[kind], by)
    return walk


__all__ = ["CASE_ID", "Seen", "Walk", "begun"]
