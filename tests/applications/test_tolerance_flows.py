"""Tolerance, results before completion and commitments on a real PostgreSQL: signatures, credit, recall (§5.3, §5.4)."""

import base64
import hashlib
import zlib
from datetime import date, timedelta
from typing import Any

import pytest

from services.applications import contracts as v
from services.applications import looks, projections, queries
from services.applications.contracts import licences as lv
from services.applications.contracts import tolerating as t
from services.applications.domain.errors import DomainError, NotAllowed, OutcomeNotAllowed
from services.applications.methods import licences
from services.applications.methods import tolerating as methods
from services.applications.store import credit
from services.catalogue.contracts import ItemPublishedV1
from services.catalogue.contracts.codes import ItemType, ResultKind
from services.catalogue.contracts.item import CommitmentPolicy, Validity
from shared.identity import Actor, Role
from shared.testing.clock import Clock
from tests.applications.conftest import (
    ALL_PAPERS,
    CONTACT,
    MAIN_PAPERS,
    UNIT,
    ZHANG,
    Desk,
    day,
    published_items,
)
from tests.applications.test_flows import every_case_is_the_fold_of_its_record, published

HEAD = Actor("staff:head", frozenset({Role.ORGAN_HEAD}), UNIT)
REASONS = "防洪封路，有交通部门公告为证。"


def a_png(width: int = 2, height: int = 1) -> bytes:
    """The smallest drawn signature there is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x01\x00\x00\x00\x00"
    rows = zlib.compress(b"\x00\x80" * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture
async def special(desk: Desk) -> Desk:
    """The same office, whose item also gives results before completion and takes a commitment for one paper."""
    (first,) = [one for one in published_items() if one.item.code == desk.item_code]
    content = first.item.content
    tolerance = content.tolerance.model_copy(
        update={"decision_before_completion": True, "legal_sign_off": "法规科审核意见〔2026〕3号"}
    )
    changed = content.model_copy(
        update={
            "tolerance": tolerance,
            "safety_sensitive": False,
            "commitment": CommitmentPolicy(enabled=True, legal_sign_off="法规科审核意见〔2026〕4号"),
            "materials": tuple(
                one.model_copy(update={"by_commitment": one.code == "A01-08"}) for one in content.materials
            ),
        }
    )
    item = first.item.model_copy(update={"version": 2, "content": changed})
    async with desk.database.transaction() as connection:
        await projections.save_item(connection, ItemPublishedV1(item=item, organ=first.organ))
    await desk.office.refresh()
    return desk


async def do(
    desk: Desk, handle: Any, actor: Actor, receipt: v.CaseReceipt, model: Any, **more: Any
) -> v.CaseReceipt:
    request = model.model_validate({"case_id": receipt.case_id, "expected_version": receipt.version} | more)
    done: v.CaseReceipt = await desk.do(handle, actor, request)
    return done


async def tolerated(desk: Desk) -> v.CaseReceipt:
    return await desk.tolerate(await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08")))


def committing(desk: Desk, *codes: str, **more: Any) -> v.SubmitCase:
    """An application with a commitment for A01-08."""
    commitment = {
        "material_codes": ("A01-08",),
        "signed_name": ZHANG["name"],
        "knows_requirements": True,
        "meets_conditions": True,
        "accepts_liability": True,
        "everything_is_true": True,
        "consents_to_publication": True,
    }
    return desk.request(*codes, commitment=commitment | more)


async def draft(desk: Desk, *supplied: str, committed: tuple[str, ...] = ()) -> t.PromiseDrafts:
    request = t.DraftPromises(
        item_code=desk.item_code,
        applicant=v.Applicant.model_validate(ZHANG),
        contact=v.Contact.model_validate(CONTACT),
        supplied=supplied,
        committed=committed,
    )
    drafts: t.PromiseDrafts = await desk.ask(methods.draft_promises, desk.zhang, request)
    return drafts


# -- the undertaking and its signature ------------------------------------------------------------------------


async def test_what_was_shown_is_what_is_signed(desk: Desk):
    # §5.3(2): the digest of the text, the actor and the moment stand in the record.
    shown = (await draft(desk, *MAIN_PAPERS, "A01-08")).undertaking
    assert shown is not None
    assert shown.materials == ("A01-10",)
    request = desk.tolerant(*MAIN_PAPERS, "A01-08")
    assert request.undertaking is not None
    signed = request.undertaking.model_copy(update={"text_sha256": shown.sha256})
    receipt = await desk.submit(request.model_copy(update={"undertaking": signed}))
    view = await desk.view((await desk.tolerate(receipt)).case_id, desk.zhang)
    assert view.tolerance is not None
    signature = view.tolerance.signature
    assert signature is not None
    assert (signature.kind, signature.actor, signature.text_sha256, signature.shown) == (
        "typed",
        desk.zhang.id,
        shown.sha256,
        True,
    )
    eligibility = view.tolerance.eligibility
    assert eligibility is not None
    assert all(condition.holds for condition in eligibility.conditions)
    (document,) = [one for one in view.documents if one.kind == "undertaking"]
    read = v.GetDocument(case_id=receipt.case_id, document_id=document.document_id)
    lines = (await desk.ask(looks.get_document, desk.zhang, read)).lines
    # The body of the sealed document is what was shown, word for word.
    assert [line for line in lines if line in shown.lines] == list(shown.lines)


async def test_a_signature_under_another_text_is_refused(desk: Desk):
    # §5.3(2)
    shown = (await draft(desk, *MAIN_PAPERS)).undertaking
    assert shown is not None
    request = desk.tolerant(*MAIN_PAPERS, "A01-08")
    assert request.undertaking is not None
    signed = request.undertaking.model_copy(update={"text_sha256": shown.sha256})
    with pytest.raises(OutcomeNotAllowed, match="promise_text_stale") as refused:
        await desk.submit(request.model_copy(update={"undertaking": signed}))
    assert refused.value.pointer == "/undertaking/text_sha256"
    assert await desk.rows("SELECT 1 FROM cases") == []


async def test_a_typed_name_alone_is_bound_to_the_text_that_the_platform_writes(desk: Desk):
    # §5.3(2)
    shown = (await draft(desk, *MAIN_PAPERS, "A01-08")).undertaking
    view = await desk.view((await tolerated(desk)).case_id)
    assert shown is not None
    assert view.tolerance is not None
    assert view.tolerance.signature is not None
    assert view.tolerance.signature.text_sha256 == shown.sha256
    assert view.tolerance.signature.shown is False


async def test_a_drawn_signature_is_kept_encrypted_and_looks_at_it_are_recorded(desk: Desk):
    # §5.3(2), (9)
    image = a_png()
    request = desk.tolerant(*MAIN_PAPERS, "A01-08")
    assert request.undertaking is not None
    drawn = request.undertaking.model_copy(update={"drawn": base64.b64encode(image).decode()})
    receipt = await desk.submit(request.model_copy(update={"undertaking": drawn}))
    ((stored,),) = await desk.rows("SELECT signature FROM documents WHERE signature IS NOT NULL")
    assert image not in stored
    (event,) = await desk.rows("SELECT data FROM case_events WHERE name = 'Submitted'")
    (signature,) = event["data"]["signatures"]
    assert (signature["kind"], signature["image_sha256"]) == ("drawn", hashlib.sha256(image).hexdigest())
    ask = t.GetSignature(case_id=receipt.case_id, promise="undertaking")
    assert base64.b64decode((await desk.ask(methods.get_signature, desk.zhang, ask)).image) == image
    with pytest.raises(NotAllowed, match="purpose_required"):
        await desk.ask(methods.get_signature, desk.clerk, ask)
    told = ask.model_copy(update={"purpose": "核对签名"})
    assert (await desk.ask(methods.get_signature, desk.clerk, told)).sha256 == signature["image_sha256"]
    assert [row["viewed"] for row in await desk.rows("SELECT viewed FROM looks")] == ["signature:undertaking"]


@pytest.mark.parametrize("image", [b"", b"GIF89a", a_png(2001), a_png() + bytes(33_000), a_png(1, 0)])
def test_a_drawn_signature_is_a_small_png(image: bytes):
    with pytest.raises(ValueError, match="at most"):
        v.Undertaking.model_validate(
            {
                "signed_name": "张三丰",
                "knows_requirements": True,
                "everything_is_true": True,
                "own_will": True,
                "accepts_consequences": True,
                "drawn": base64.b64encode(image).decode(),
            }
        )


# -- examination, default, repair -----------------------------------------------------------------------------


async def test_a_wrong_paper_is_noticed_once_and_then_ends_the_case_with_a_default(desk: Desk, clock: Clock):
    # §5.3(6), (7)
    receipt = await desk.supply(await tolerated(desk), "A01-10")
    wrong = {"defects": [{"material_code": "A01-10", "reason": "other", "explanation": "CAD图层缺失"}]}
    receipt = await do(desk, methods.fault_supply, desk.approver, receipt, t.FaultSupply, **wrong)
    assert (receipt.state, [one.kind for one in receipt.documents]) == (
        "ACCEPTED_TOLERANT",
        ["supply_fault_notice"],
    )
    read = v.GetDocument(case_id=receipt.case_id, document_id=receipt.documents[0].document_id)
    text = "".join(line.text for line in (await desk.ask(looks.get_document, desk.zhang, read)).lines)
    assert "CAD图层缺失" in text
    assert "2026年9月22日" in text
    receipt = await desk.supply(receipt, "A01-10")
    ends = wrong | {"ends": True, "reasons": "图层仍然缺失。"}
    receipt = await do(desk, methods.fault_supply, desk.approver, receipt, t.FaultSupply, **ends)
    assert (receipt.state, [one.kind for one in receipt.documents]) == ("TERMINATED", ["termination_notice"])
    assert await desk.rows("SELECT 1 FROM timers WHERE settled_at IS NULL") == []
    await the_default_blocks_until_repaired(desk, "broken_undertaking")
    await every_case_is_the_fold_of_its_record(desk)


async def the_default_blocks_until_repaired(desk: Desk, kind: str) -> None:
    (default,) = await desk.rows("SELECT id, kind FROM defaults")
    assert default["kind"] == kind
    again = await desk.submit(desk.tolerant(*MAIN_PAPERS, "A01-08"))
    assert again.proposed_outcome == "request_correction"
    with pytest.raises(OutcomeNotAllowed):
        await desk.tolerate(again)
    async with desk.database.transaction() as connection:
        row = await credit.find(connection, default["id"])
        assert row is not None
        await credit.end(connection, row, "repaired", date(2026, 9, 18))
    assert (await desk.tolerate(again)).state == "ACCEPTED_TOLERANT"


async def test_a_default_by_time_blocks_until_it_is_repaired(desk: Desk, clock: Clock):
    # §5.3(7), (9)
    await tolerated(desk)
    clock.set_to(day(9, 23))
    await desk.work_timers()
    ((state,),) = await desk.rows("SELECT state FROM cases")
    assert state == "TERMINATED"
    await the_default_blocks_until_repaired(desk, "broken_undertaking")


async def test_force_majeure_is_asked_for_answered_and_remembered(desk: Desk, clock: Clock):
    # §5.3(7)
    receipt = await tolerated(desk)
    asks = {"until": "2026-09-30", "reasons": REASONS, "evidence": ["1" * 64]}
    receipt = await do(
        desk, methods.request_supply_extension, desk.zhang, receipt, t.RequestSupplyExtension, **asks
    )
    ((words,),) = await desk.rows("SELECT words FROM case_statements")
    assert REASONS.encode() not in words
    assert REASONS not in str(await desk.rows("SELECT data FROM case_events"))
    view = await desk.view(receipt.case_id, desk.approver)
    assert view.tolerance is not None
    assert view.tolerance.request is not None
    assert (view.tolerance.request.reasons, view.tolerance.request.granted) == (REASONS, None)
    # The date passes while the request waits: nothing ends by itself.
    clock.set_to(day(9, 23))
    await desk.work_timers()
    assert (await desk.view(receipt.case_id)).state == "ACCEPTED_TOLERANT"
    receipt = await desk_version(desk, receipt)
    answer = {"due_on": "2026-09-30", "reasons": "情况属实。"}
    receipt = await do(desk, methods.extend_supply, desk.approver, receipt, t.ExtendSupply, **answer)
    assert [one.kind for one in receipt.documents] == ["supply_extension_notice"]
    clock.set_to(day(10, 9))
    await desk.work_timers()
    assert (await desk.view(receipt.case_id)).state == "TERMINATED"
    await every_case_is_the_fold_of_its_record(desk)


async def desk_version(desk: Desk, receipt: v.CaseReceipt) -> v.CaseReceipt:
    """The receipt at the newest version: reminders may have gone out since."""
    view = await desk.view(receipt.case_id)
    return receipt.model_copy(update={"version": view.version})


# -- results before completion --------------------------------------------------------------------------------


async def awaiting(desk: Desk) -> v.CaseReceipt:
    receipt = await tolerated(desk)
    receipt = await do(desk, methods.grant_before_completion, HEAD, receipt, t.GrantBeforeCompletion)
    assert [one.kind for one in receipt.documents] == ["decision_grant"]
    return await desk.deliver(receipt)


async def test_a_result_before_completion_is_completed_in_time(special: Desk):
    # §5.3(8)
    receipt = await awaiting(special)
    view = await special.view(receipt.case_id)
    assert view.tolerance is not None
    assert view.tolerance.mode == "approval"
    receipt = await special.confirm(await special.supply(receipt, "A01-10"))
    assert (receipt.state, [one.kind for one in receipt.documents]) == ("DELIVERED", ["completion_notice"])
    await every_case_is_the_fold_of_its_record(special)


async def changed_item(desk: Desk, **more: Any) -> None:
    """A third version of the special item, with these elements."""
    (first,) = [one for one in published_items() if one.item.code == desk.item_code]
    special = desk.office.known.versions[desk.item_code][2][1].item
    content = special.content.model_copy(update=more)
    item = first.item.model_copy(update={"version": 3, "content": content})
    async with desk.database.transaction() as connection:
        await projections.save_item(connection, ItemPublishedV1(item=item, organ=first.organ))
    await desk.office.refresh()


async def test_a_result_before_completion_keeps_the_order_of_acceptance_too(special: Desk, clock: Clock):
    """§5.3(8), LIC-27, Art 57: what is given early is given in the same order."""
    await changed_item(special, number_limited=True)
    first = await tolerated(special)
    clock.set_to(clock.now() + timedelta(minutes=5))
    second = await tolerated(special)
    with pytest.raises(DomainError, match="earlier"):
        await do(special, methods.grant_before_completion, HEAD, second, t.GrantBeforeCompletion)
    await do(special, methods.grant_before_completion, HEAD, first, t.GrantBeforeCompletion)


async def test_a_renewal_can_be_granted_before_completion(special: Desk, clock: Clock):
    """§5.3(8), LIC-21: the licence that is renewed is known to this decision as to any other."""
    result = special.office.known.versions[special.item_code][2][1].item.content.result
    await changed_item(
        special,
        item_type=ItemType.LICENCE,
        result=result.model_copy(update={"kind": ResultKind.CERTIFICATE}),
        validity=Validity(months=12, renew_before_days=30),
    )
    granted = await special.decide(await special.accept(await special.submit(special.request(*ALL_PAPERS))))
    made_out = await do(special, licences.issue_licence, special.approver, granted, lv.IssueLicence)
    licence = await special.deliver(made_out)
    clock.set_to(clock.now() + timedelta(days=300))
    asked = special.tolerant(*MAIN_PAPERS, "A01-08", purpose="renewal", licence_case_id=licence.case_id)
    renewal = await special.tolerate(await special.submit(asked))
    done = await do(special, methods.grant_before_completion, HEAD, renewal, t.GrantBeforeCompletion)
    assert done.state == "DECIDED_GRANT"
    assert (await special.view(licence.case_id)).state == "RENEWED"
    await every_case_is_the_fold_of_its_record(special)


async def test_without_its_papers_the_result_is_recalled_after_its_holder_was_heard(
    special: Desk, clock: Clock
):
    # §5.3(8)
    receipt = await awaiting(special)
    clock.set_to(day(9, 23))
    await special.work_timers()
    view = await special.view(receipt.case_id)
    assert view.state == "DELIVERED"
    assert view.recall is not None
    assert "recall_notice" in {one.kind for one in view.documents}
    receipt = await desk_version(special, receipt)
    with pytest.raises(OutcomeNotAllowed, match="holder_not_heard"):
        await do(special, methods.recall_result, HEAD, receipt, t.RecallResult, reasons="逾期未补交")
    said = {"statement": "材料在路上，张三丰。"}
    receipt = await do(special, methods.hear_on_recall, special.zhang, receipt, t.HearOnRecall, **said)
    view = await special.view(receipt.case_id, HEAD)
    assert view.recall is not None
    assert view.recall.statement == said["statement"]
    receipt = await do(special, methods.recall_result, HEAD, receipt, t.RecallResult, reasons="逾期未补交")
    assert (receipt.state, [one.kind for one in receipt.documents]) == ("REVOKED", ["recall_decision"])
    told = (await published(special, receipt.case_id))[-1]
    assert told["type"].endswith("result_recalled.v1")
    assert told["data"]["to_publish"] is True
    assert [row["kind"] for row in await special.rows("SELECT kind FROM defaults")] == ["broken_undertaking"]
    assert await special.rows("SELECT 1 FROM timers WHERE settled_at IS NULL") == []
    await every_case_is_the_fold_of_its_record(special)


# -- commitments ----------------------------------------------------------------------------------------------


async def test_a_commitment_stands_for_a_paper_and_is_checked_after_the_decision(special: Desk, clock: Clock):
    # §5.4
    rest = tuple(code for code in ALL_PAPERS if code != "A01-08")
    shown = (await draft(special, *rest, committed=("A01-08",))).commitment
    assert shown is not None
    plain = special.request(*rest)
    question = v.CheckMaterials(
        item_code=special.item_code,
        applicant=plain.applicant,
        materials=plain.materials,
        committed=("A01-08",),
    )
    checked = await queries.check(special.office, special.zhang, question)
    assert checked.proposed_outcome == "accept"
    receipt = await special.submit(committing(special, *rest, text_sha256=shown.sha256))
    assert receipt.proposed_outcome == "accept"
    assert [one.kind for one in receipt.documents] == ["receipt_voucher", "commitment"]
    receipt = await special.deliver(await special.decide(await special.accept(receipt)))
    clock.set_to(day(11, 23))
    await special.work_timers()
    view = await special.view(receipt.case_id)
    assert [(one.material_code, one.accepted, one.overdue) for one in view.commitments] == [
        ("A01-08", True, True)
    ]
    assert view.commitment_signature is not None
    assert view.commitment_signature.shown
    receipt = await desk_version(special, receipt)
    found = {"material_code": "A01-08", "finding": "false", "findings": "经核对，承诺内容与登记信息不符。"}
    receipt = await do(special, methods.record_post_check, special.clerk, receipt, t.RecordPostCheck, **found)
    names = [row["name"] for row in await special.rows("SELECT name FROM case_events ORDER BY version")]
    assert names[-2:] == ["PostChecked", "RevocationDue"]
    assert [row["kind"] for row in await special.rows("SELECT kind FROM defaults")] == ["false_commitment"]
    # An earlier false commitment keeps from another until it is repaired; a person answers (§10).
    again = await special.submit(committing(special, *rest))
    assert (again.state, again.proposed_outcome) == ("SUBMITTED", "request_correction")
    told = (await special.view(again.case_id)).check.commitment_reasons
    assert [reason.code for reason in told] == ["false_commitment"]
    with pytest.raises(DomainError):
        await special.accept(again)
    noticed = await special.notice(again)
    assert noticed.state == "CORRECTION_NOTICED"
    await every_case_is_the_fold_of_its_record(special)
