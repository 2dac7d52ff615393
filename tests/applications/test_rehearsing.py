"""Rehearsals on a real PostgreSQL: what is shown is what is sealed later, and nothing stays behind."""

import pytest

from services.applications import handlers, looks
from services.applications.contracts import DecideCase, GetDocument
from services.applications.contracts import procedures as p
from services.applications.contracts.rehearsing import Rehearsal, Rehearse
from services.applications.domain.errors import NotAllowed, OutcomeNotAllowed, StaleCase
from services.applications.methods import procedures as methods
from services.applications.methods.rehearsing import rehearse
from shared.identity import Actor, Role
from shared.testing.actors import UNIT
from tests.applications.conftest import ALL_PAPERS, Desk
from tests.applications.test_flows import every_case_is_the_fold_of_its_record

HEAD = Actor("staff:head", frozenset({Role.ORGAN_HEAD}), UNIT)
WHY = "经审查，建筑面积与图纸不符，不符合法定条件。"


def texts(rehearsal: Rehearsal) -> list[str]:
    return [line.text for document in rehearsal.documents for line in document.lines]


async def left_behind(desk: Desk) -> list[int]:
    tables = ("case_events", "documents", "outbox", "document_numbers", "remarks", "timers")
    return [(await desk.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables]


async def test_a_rehearsed_decision_reads_as_the_one_that_is_made_and_leaves_nothing(desk: Desk):
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    before = await left_behind(desk)
    asked = DecideCase(
        case_id=receipt.case_id, expected_version=receipt.version, result="refuse", reasons=WHY
    )
    shown = await rehearse(desk.office, desk.approver, Rehearse(decide_case=asked))
    assert shown.state == "DECIDED_REFUSE"
    assert await left_behind(desk) == before
    assert WHY in texts(shown)
    assert not any("张三丰" in text for text in texts(shown))
    (number,) = [line.text for line in shown.documents[0].lines if line.style == "number"]
    assert number.endswith("（待编）号")

    decided = await desk.do(handlers.decide_case, desk.approver, asked)
    assert decided.documents[0].number.endswith("〕1号")
    look = GetDocument(
        case_id=receipt.case_id, document_id=decided.documents[0].document_id, purpose="核对预演"
    )
    sealed = (await desk.ask(looks.get_document, desk.approver, look)).lines
    pairs = list(zip(sealed, shown.documents[0].lines, strict=True))
    assert all((one.style, one.label) == (other.style, other.label) for one, other in pairs)
    # Only the number that was not taken and the people who are masked differ.
    differing = {one.label or one.style for one, other in pairs if one.text != other.text}
    assert differing <= {"number", "addressee", "申请人", "证件"}
    await every_case_is_the_fold_of_its_record(desk)


async def test_a_rehearsed_extension_shows_the_new_dates_and_its_notice(desk: Desk):
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    asked = p.ExtendDeadline(
        case_id=receipt.case_id, expected_version=receipt.version, length=10, reasons=WHY
    )
    shown = await rehearse(desk.office, HEAD, Rehearse(extend_deadline=asked))
    alike = await desk.ask(methods.preview_extension, HEAD, asked)
    dues = [(clock.name, clock.due_on) for clock in shown.clocks_after]
    assert dues == [(clock.name, clock.due_on) for clock in alike.clocks_after]
    assert dues != [(clock.name, clock.due_on) for clock in shown.clocks_before]
    assert "〕1号" not in shown.model_dump_json()
    assert [one.kind for one in shown.documents] == ["extension_notice"]
    assert (await desk.view(receipt.case_id)).version == receipt.version


async def test_a_rehearsal_refuses_what_the_act_itself_would(desk: Desk):
    receipt = await desk.accept(await desk.submit(desk.request(*ALL_PAPERS)))
    stale = DecideCase(case_id=receipt.case_id, expected_version=1, result="grant")
    with pytest.raises(StaleCase):
        await rehearse(desk.office, desk.approver, Rehearse(decide_case=stale))
    silent = DecideCase.model_construct(
        case_id=receipt.case_id, expected_version=receipt.version, result="refuse"
    )
    with pytest.raises(OutcomeNotAllowed, match="reasons_required"):
        await rehearse(desk.office, desk.approver, Rehearse.model_construct(decide_case=silent))
    extension = p.ExtendDeadline(
        case_id=receipt.case_id, expected_version=receipt.version, length=10, reasons=WHY
    )
    with pytest.raises(NotAllowed, match="role_not_allowed"):
        await rehearse(desk.office, desk.approver, Rehearse(extend_deadline=extension))
