"""Which case somebody at a window means, and what a clerk did on a day: the methods."""

from collections import Counter
from datetime import datetime, timedelta
from datetime import time as clock

from services.applications.contracts import looking_up as l
from services.applications.domain.errors import NotAllowed
from services.applications.handlers import Doing
from services.applications.methods.base import Methods
from services.applications.people import shown_name
from services.applications.store import finding
from services.applications.viewing.case import line_view
from services.applications.viewing.timeline import timeline_entry
from shared import time
from shared.identity import Role
from shared.runtime import Call, rpc

# What fits on a screen; whoever shares four digits with more people says more of them.
FOUND_AT_MOST = 10
ENTRIES_AT_MOST = 1000


class LookingUpMethods(Methods):
    """Questions of a counter."""

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def find_cases(self, call: Call, request: l.FindCases) -> l.FoundCases:
        """Cases by the end of their number or of a certificate."""
        return await self._ask(call, request, find_cases)

    @rpc(Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def get_day(self, call: Call, request: l.GetDay) -> l.DayView:
        """What the caller did on a day."""
        return await self._ask(call, request, get_day)


async def find_cases(doing: Doing, request: l.FindCases) -> l.FoundCases:
    """The cases of the caller's unit that end so, those by their number first."""
    unit, most = _unit(doing), FOUND_AT_MOST + 1
    numbers = await finding.by_number(doing.connection, unit, request.text, most)
    book = doing.office.parties
    people = await finding.by_certificate(doing.connection, book, unit, request.text, most)
    found = {row["id"]: (row, "number") for row in numbers}
    for row in people:
        found.setdefault(row["id"], (row, "certificate"))
    today = time.today()
    items = []
    for row, by in list(found.values())[:FOUND_AT_MOST]:
        item = doing.office.known.item(row["item_code"], row["item_version"], today)
        name = book.open_name(row["id"], "applicant", row["name"])
        line = line_view(row, name, (item.name, item.name_en), today)
        items.append(l.FoundCase.model_validate({"line": line, "by": by}))
    return l.FoundCases(items=tuple(items), more=len(found) > FOUND_AT_MOST)


async def get_day(doing: Doing, request: l.GetDay) -> l.DayView:
    """What the caller put on record between two midnights in China."""
    on = request.on or time.today()
    begin = datetime.combine(on, clock.min, time.SHANGHAI)
    rows = await finding.of_a_day(
        doing.connection,
        doing.actor.id,
        _unit(doing),
        begin,
        begin + timedelta(days=1),
        ENTRIES_AT_MOST + 1,
    )
    entries = []
    for row in rows[:ENTRIES_AT_MOST]:
        item = doing.office.known.item(row["item_code"], row["item_version"], on)
        told = timeline_entry(row)
        name = doing.office.parties.open_name(row["case_id"], "applicant", row["applicant"])
        entries.append(
            l.DayEntry(
                case_id=row["case_id"],
                case_no=row["case_no"],
                item_name=item.name,
                item_name_en=item.name_en,
                applicant_name=shown_name(name, row["kind"]),
                event=told.event,
                title_zh=told.title_zh,
                title_en=told.title_en,
                at=told.at,
            )
        )
    counted = Counter((entry.title_zh, entry.title_en) for entry in entries)
    counts = tuple(l.DayCount(title_zh=zh, title_en=en, count=n) for (zh, en), n in counted.items())
    return l.DayView(on=on, counts=counts, entries=tuple(entries), more=len(rows) > ENTRIES_AT_MOST)


def _unit(doing: Doing) -> str:
    unit = doing.actor.unit
    if unit is None:
        raise NotAllowed(
            "list_not_allowed",
            "您的身份没有这个办件列表。",
            "Your role has no such list of cases.",
        )
    return unit
