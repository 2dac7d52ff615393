"""Signatures under undertakings and commitments: bound to the text that was shown, to the actor and to the moment.

电子签名法 13: a signature is reliable when it is the signer's own and any later change of text or signature shows.  The
signer is signed in; the text's digest stands in the event, and so does the digest of a drawn image, which itself is kept
encrypted beside the document.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime

from services.applications.contracts import Commitment, SubmitCase, Undertaking
from services.applications.domain.answering import undertaken_in
from services.applications.domain.committing import refuse_unoffered
from services.applications.domain.documents import Line, PartyText
from services.applications.domain.drafting import promise_values
from services.applications.domain.errors import InvalidRequest, OutcomeNotAllowed
from services.applications.domain.item import Item
from services.applications.domain.papers.promises import commitment_body, undertaking_body
from services.applications.domain.parts.tolerating import PromiseKind, Signature
from services.applications.store.documents import text_of

_BODIES = {"undertaking": undertaking_body, "commitment": commitment_body}


def promised_text(promise: PromiseKind, codes: tuple[str, ...], item: Item, party: PartyText) -> list[Line]:
    """What is signed, word for word; case number and date are only known afterwards and stand below it."""
    return _BODIES[promise](promise_values(promise, codes, item), party)


def digest_of_text(lines: Sequence[Line]) -> str:
    """The digest that the signer names and the event keeps."""
    return hashlib.sha256(text_of(lines)).hexdigest()


def signatures_of(
    request: SubmitCase, item: Item, party: PartyText, *, actor: str, at: datetime
) -> tuple[Signature, ...]:
    """The signatures of a submission; refuses one under a text that is not the one in force."""
    if request.undertaking is None and request.commitment is None:
        return ()
    handed_in = tuple(material.code for material in request.materials)
    offered = request.commitment.material_codes if request.commitment else ()
    refuse_unoffered(item, offered, handed_in)
    promised: list[tuple[PromiseKind, Undertaking | Commitment | None, tuple[str, ...]]] = [
        ("undertaking", request.undertaking, undertaken_in(item, handed_in, offered)),
        ("commitment", request.commitment, offered),
    ]
    return tuple(
        _signature(promise, signed, promised_text(promise, codes, item, party), actor=actor, at=at)
        for promise, signed, codes in promised
        if signed is not None and codes
    )


def _signature(
    promise: PromiseKind,
    signed: Undertaking | Commitment,
    lines: Sequence[Line],
    *,
    actor: str,
    at: datetime,
) -> Signature:
    digest = digest_of_text(lines)
    if signed.text_sha256 not in (None, digest):
        raise OutcomeNotAllowed(
            "promise_text_stale",
            "您签署的承诺书内容与现行内容不一致（材料、联系方式或者事项版本有变化），请重新阅读并签署。",
            "What was signed is not the text in force any more (papers, contact or item changed); read and sign again.",
            pointer=f"/{promise}/text_sha256",
        )
    image = image_of(signed)
    return Signature(
        promise=promise,
        kind="typed" if image is None else "drawn",
        actor=actor,
        at=at,
        text_sha256=digest,
        shown=signed.text_sha256 is not None,
        image_sha256=None if image is None else hashlib.sha256(image).hexdigest(),
    )


def image_of(signed: Undertaking | Commitment | None) -> bytes | None:
    """The drawn image, whose shape the contract has judged."""
    return None if signed is None or signed.drawn is None else base64.b64decode(signed.drawn)


def require_own_signature(request: SubmitCase) -> None:
    """Only the applicant, the legal representative or the agent can promise anything."""
    agent = request.agent.name if request.agent else None
    names = (request.applicant.name, request.applicant.representative, agent)
    for promise, signed, title in (
        ("undertaking", request.undertaking, "容缺承诺书"),
        ("commitment", request.commitment, "告知承诺书"),
    ):
        if signed is not None and signed.signed_name not in names:
            raise InvalidRequest(
                "signed_by_somebody_else",
                f"{title}应由申请人、法定代表人或者经办人签署。",
                f"The {promise} must be signed by the applicant, the representative or the agent.",
                pointer=f"/{promise}/signed_name",
            )
