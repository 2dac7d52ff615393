"""Tolerated papers, results before completion, recalls and commitments: the methods."""

import base64
from uuid import uuid4

from services.applications import access, signing
from services.applications.contracts import CaseReceipt, DocumentLine
from services.applications.contracts.tolerating import (
    ConfirmSupply,
    DeclineSupplyExtension,
    DraftPromises,
    DropRecall,
    ExtendSupply,
    FaultSupply,
    GetSignature,
    GrantBeforeCompletion,
    HearOnRecall,
    NoticeRecall,
    PromiseDrafts,
    PromiseText,
    RecallResult,
    RecordPostCheck,
    RequestSupplyExtension,
    SignatureImage,
)
from services.applications.domain import commands as c
from services.applications.domain.answering import undertaken_in
from services.applications.domain.committing import refuse_unoffered
from services.applications.domain.documents import PartyText, Secrets
from services.applications.domain.errors import NotAllowed, NotFound, case_not_found
from services.applications.domain.item import Item
from services.applications.domain.materials import Defect
from services.applications.domain.parts.tolerating import PromiseKind
from services.applications.handlers import Doing, act, digest_of, held, hold_licence_case
from services.applications.looks import record_look
from services.applications.methods.base import Methods
from services.applications.people import party_text, people_of
from services.applications.powers import facts_for_review
from services.applications.store import cases, documents
from services.applications.store.tolerating import StatementKind, insert_statement
from shared import time
from shared.identity import Role
from shared.runtime import Call, rpc


class ToleranceMethods(Methods):
    """Tolerated papers, results before completion, recalls and commitments."""

    @rpc(Role.APPLICANT, Role.CLERK, Role.PROVINCE)
    async def draft_promises(self, call: Call, request: DraftPromises) -> PromiseDrafts:
        """The exact text that would be signed, with its digest; nothing is stored."""
        return await self._ask(call, request, draft_promises)

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def get_signature(self, call: Call, request: GetSignature) -> SignatureImage:
        """The drawn signature under a promise; a look of the staff is recorded with its purpose."""
        return await self._look(call, request, get_signature)

    @rpc(Role.CLERK, Role.APPROVER)
    async def confirm_supply(self, call: Call, request: ConfirmSupply) -> CaseReceipt:
        """The papers that came late were examined and are right."""
        return await self._once(call, request, confirm_supply)

    @rpc(Role.CLERK, Role.APPROVER)
    async def fault_supply(self, call: Call, request: FaultSupply) -> CaseReceipt:
        """A late paper is wrong."""
        return await self._once(call, request, fault_supply)

    @rpc(Role.APPLICANT, Role.CLERK)
    async def request_supply_extension(self, call: Call, request: RequestSupplyExtension) -> CaseReceipt:
        """Ask for more time to supply because of force majeure."""
        return await self._once(call, request, request_supply_extension)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def extend_supply(self, call: Call, request: ExtendSupply) -> CaseReceipt:
        """Give more time to supply."""
        return await self._once(call, request, extend_supply)

    @rpc(Role.APPROVER, Role.ORGAN_HEAD)
    async def decline_supply_extension(self, call: Call, request: DeclineSupplyExtension) -> CaseReceipt:
        """Give no more time to supply."""
        return await self._once(call, request, decline_supply_extension)

    @rpc(Role.ORGAN_HEAD)
    async def grant_before_completion(self, call: Call, request: GrantBeforeCompletion) -> CaseReceipt:
        """Grant although secondary papers are still to come."""
        return await self._once(call, request, grant_before_completion)

    @rpc(Role.ORGAN_HEAD)
    async def notice_recall(self, call: Call, request: NoticeRecall) -> CaseReceipt:
        """Tell the holder that the result is to be recalled."""
        return await self._once(call, request, notice_recall)

    @rpc(Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
    async def hear_on_recall(self, call: Call, request: HearOnRecall) -> CaseReceipt:
        """Put on record what the holder says against the recall."""
        return await self._once(call, request, hear_on_recall)

    @rpc(Role.ORGAN_HEAD)
    async def recall_result(self, call: Call, request: RecallResult) -> CaseReceipt:
        """Recall the result."""
        return await self._once(call, request, recall_result)

    @rpc(Role.ORGAN_HEAD)
    async def drop_recall(self, call: Call, request: DropRecall) -> CaseReceipt:
        """Let the result stand."""
        return await self._once(call, request, drop_recall)

    @rpc(Role.CLERK, Role.APPROVER)
    async def record_post_check(self, call: Call, request: RecordPostCheck) -> CaseReceipt:
        """Record what the check of a commitment found."""
        return await self._once(call, request, record_post_check)


async def draft_promises(doing: Doing, request: DraftPromises) -> PromiseDrafts:
    """§5.3(2), §5.4: the applicant reads word for word what is signed."""
    office = doing.office
    item = await office.item_in_force(request.item_code, request.item_version, time.today(), doing.connection)
    refuse_unoffered(item, request.committed, request.supplied, pointer="/committed")
    party = party_text(people_of(request, office.people).by_role)
    undertaken = undertaken_in(item, request.supplied, request.committed)
    return PromiseDrafts(
        item_code=item.code,
        item_version=item.version,
        undertaking=_text("undertaking", undertaken, item, party) if item.tolerance.enabled else None,
        commitment=_text("commitment", request.committed, item, party),
    )


def _text(promise: PromiseKind, codes: tuple[str, ...], item: Item, party: PartyText) -> PromiseText | None:
    if not codes:
        return None
    lines = signing.promised_text(promise, codes, item, party)
    return PromiseText(
        promise=promise,
        lines=tuple(
            DocumentLine.model_validate({"style": line.style, "text": line.text, "label": line.label})
            for line in lines
        ),
        sha256=signing.digest_of_text(lines),
        materials=codes,
    )


async def get_signature(doing: Doing, request: GetSignature) -> SignatureImage:
    """The drawn image; whoever is not the applicant says why, and the look is recorded."""
    stored = await cases.load(doing.connection, request.case_id, access.scope_of(doing.actor))
    if stored is None:
        raise case_not_found()
    row = await documents.promise_of(doing.connection, request.case_id, request.promise)
    if row is None or row["signature"] is None:
        raise NotFound("no_drawn_signature", "没有手写签名。", "There is no drawn signature.")
    if doing.actor.has(*access.STAFF):
        if request.purpose is None:
            raise NotAllowed(
                "purpose_required",
                "查看签名须说明用途。",
                "Say why you look at the signature.",
                pointer="/purpose",
            )
        await record_look(doing, stored.case, f"signature:{request.promise}", request.purpose)
    image = doing.office.documents.open_signature(row)
    signature = next(one for one in stored.case.signatures if one.promise == request.promise)
    return SignatureImage(
        case_id=request.case_id,
        promise=request.promise,
        image=base64.b64encode(image).decode(),
        sha256=signature.image_sha256 or "",
    )


async def confirm_supply(doing: Doing, request: ConfirmSupply) -> CaseReceipt:
    """§5.3(6)."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.ConfirmSupply(), Secrets(reasons=""))


async def fault_supply(doing: Doing, request: FaultSupply) -> CaseReceipt:
    """§5.3(6), (7)."""
    case = await held(doing, request.case_id, request.expected_version)
    defects = tuple(Defect(defect.material_code, defect.reason) for defect in request.defects)
    command = c.FaultSupply(defects, request.ends, digest_of(request.reasons), uuid4())
    explanations = tuple(defect.explanation for defect in request.defects)
    return await act(doing, case, command, Secrets(reasons=request.reasons or "", explanations=explanations))


async def request_supply_extension(doing: Doing, request: RequestSupplyExtension) -> CaseReceipt:
    """§5.3(7): force majeure."""
    case = await held(doing, request.case_id, request.expected_version)
    words = request.reasons
    command = c.RequestSupplyExtension(request.until, _digest(words), request.evidence)
    receipt = await act(doing, case, command, Secrets(reasons=""))
    await _keep_words(doing, receipt, "supply_extension", words)
    return receipt


async def _keep_words(doing: Doing, receipt: CaseReceipt, kind: StatementKind, words: str) -> None:
    await insert_statement(
        doing.connection,
        doing.office.keyring,
        receipt.case_id,
        receipt.version,
        kind,
        words,
        actor=doing.actor.id,
        at=time.now(),
    )


def _digest(words: str) -> str:
    digest = digest_of(words)
    assert digest is not None
    return digest


async def extend_supply(doing: Doing, request: ExtendSupply) -> CaseReceipt:
    """§5.3(7): force majeure, approved."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.ExtendSupply(request.due_on, _digest(request.reasons))
    return await act(doing, case, command, Secrets(reasons=request.reasons))


async def decline_supply_extension(doing: Doing, request: DeclineSupplyExtension) -> CaseReceipt:
    """§5.3(7): no force majeure."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.DeclineSupplyExtension(_digest(request.reasons), uuid4())
    return await act(doing, case, command, Secrets(reasons=request.reasons))


async def grant_before_completion(doing: Doing, request: GrantBeforeCompletion) -> CaseReceipt:
    """§5.3(8): on every condition of an ordinary decision, so it needs to know what that one does."""
    licence_case = await hold_licence_case(doing, request.case_id)
    stored = await held(doing, request.case_id, request.expected_version)
    today = time.today()
    item = doing.office.known.item(stored.case.item_code, stored.case.item_version, today)
    more = await facts_for_review(doing.connection, stored.case, item, today)
    command = c.GrantBeforeCompletion(digest_of(request.reasons), request.minutes_sha256)
    secrets = Secrets(reasons=request.reasons or "")
    return await act(doing, stored, command, secrets, licence_case=licence_case, **more)


async def notice_recall(doing: Doing, request: NoticeRecall) -> CaseReceipt:
    """§5.3(8)."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.NoticeRecall(), Secrets(reasons=""))


async def hear_on_recall(doing: Doing, request: HearOnRecall) -> CaseReceipt:
    """§5.3(8)."""
    case = await held(doing, request.case_id, request.expected_version)
    receipt = await act(doing, case, c.HearOnRecall(_digest(request.statement)), Secrets(reasons=""))
    await _keep_words(doing, receipt, "recall", request.statement)
    return receipt


async def recall_result(doing: Doing, request: RecallResult) -> CaseReceipt:
    """§5.3(8)."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(
        doing, case, c.RecallResult(digest_of(request.reasons)), Secrets(reasons=request.reasons)
    )


async def drop_recall(doing: Doing, request: DropRecall) -> CaseReceipt:
    """§5.3(8)."""
    case = await held(doing, request.case_id, request.expected_version)
    return await act(doing, case, c.DropRecall(_digest(request.reasons)), Secrets(reasons=request.reasons))


async def record_post_check(doing: Doing, request: RecordPostCheck) -> CaseReceipt:
    """§5.4."""
    case = await held(doing, request.case_id, request.expected_version)
    command = c.RecordPostCheck(
        request.material_code,
        request.finding,
        digest_of(request.findings),
        request.mend_by,
        uuid4(),
    )
    return await act(doing, case, command, Secrets(reasons=request.findings or ""))
