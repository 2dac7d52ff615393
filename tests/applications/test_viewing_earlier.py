"""A case as it stood at an earlier version, for whoever works on a page that is no longer the newest."""

from services.gateway.case_changes import compared
from tests.applications.conftest import MAIN_PAPERS, Desk


async def test_a_case_is_read_as_it_stood_at_an_earlier_version(desk: Desk):
    receipt = await desk.submit(desk.request(*MAIN_PAPERS))
    noticed = await desk.notice(receipt)
    supplied = await desk.supply(noticed, "A01-08", "A01-10")
    await desk.accept(supplied)

    before = await desk.view(receipt.case_id, as_of=noticed.version)

    assert (before.state, before.version) == ("CORRECTION_NOTICED", noticed.version)
    assert before.accepted_on is None
    assert [entry.event for entry in before.timeline] == ["Submitted", "CorrectionRequested"]
    assert "acceptance_notice" not in {document.kind for document in before.documents}
    assert before.allowed == ()


async def test_what_changed_is_told_field_by_field(desk: Desk):
    receipt = await desk.submit(desk.request(*MAIN_PAPERS))
    supplied = await desk.supply(await desk.notice(receipt), "A01-08", "A01-10")
    accepted = await desk.accept(supplied)
    now = await desk.view(receipt.case_id)

    then = await desk.view(receipt.case_id, as_of=1)
    rows = {row.name: row for row in compared(then, now)}

    assert (rows["状态"].before, rows["状态"].after) == ("已收件，待受理", now.state_zh)
    assert rows["受理日期"].before == ""
    assert rows["受理日期"].after
    late = next(paper.name for paper in now.check.materials if paper.code == "A01-08")
    assert rows[late].before == "缺少"
    assert rows[late].after.startswith("已提交")
    assert {"期限：法定办结时限", "最新文书"} <= rows.keys()
    assert list(compared(now, await desk.view(receipt.case_id, as_of=accepted.version))) == []
