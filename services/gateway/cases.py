"""What every room does with cases: submit, look, list, supply, withdraw, read documents and files.

Each function is handed the gateway and the visitor; the services decide whether this visitor may.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from services.applications import contracts as c
from services.gateway import client, looks
from services.gateway.forms import MaterialsToCheck, NewCase, Supply
from services.gateway.gateway import Gateway
from services.gateway.identity.visitor import Visitor
from services.gateway.problems import Problem
from services.gateway.uploads import Paper
from shared.identity import Role

# Whoever sees other people's cases by office; an applicant who opens an own file looks at nobody else.
STAFF = (Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD, Role.SUPERVISOR, Role.AUDITOR)
Channel = Literal["online", "counter", "service_point", "home_visit", "province"]
ListName = Literal["mine", "desk", "review", "delivery", "partner", "waiting_for_me", "waiting_for_others"]


@dataclass(frozen=True, slots=True)
class CaseKey:
    """A case by its id, or by its number and the code on the voucher."""

    case_id: UUID | None = None
    case_no: str | None = None
    access_code: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The key as the contracts write it."""
        return {"case_id": self.case_id, "case_no": self.case_no, "access_code": self.access_code}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a case, ready to be handed out as a download."""

    content: bytes
    media_type: str
    name: str


async def submit(gateway: Gateway, visitor: Visitor, form: NewCase, command_id: UUID) -> c.CaseReceipt:
    """Hand in an application: one flow, whatever the channel."""
    fields = dict(form)
    fields["materials"] = await gateway.uploads.hand_in([visitor.actor.id], papers_of(form))
    # Everything was validated by the form, which extends this very contract.
    command = c.SubmitCase.model_construct(**fields)
    return await gateway.services.ask(visitor, client.SUBMIT_CASE, command, command_id)


def papers_of(form: NewCase | MaterialsToCheck) -> tuple[Paper, ...]:
    """The papers of a form; their type in the form differs from the contract's on purpose."""
    papers: Any = form.materials
    return tuple(papers)


async def check(gateway: Gateway, visitor: Visitor, form: MaterialsToCheck) -> c.MaterialCheck:
    """What would happen to these papers; nothing is stored."""
    fields = dict(form)
    fields["materials"] = await gateway.uploads.attach([visitor.actor.id], papers_of(form))
    return await gateway.services.ask(
        visitor, client.CHECK_MATERIALS, c.CheckMaterials.model_construct(**fields)
    )


async def view(
    gateway: Gateway, visitor: Visitor, key: CaseKey, *, explain: bool = False, as_of: int | None = None
) -> c.CaseView:
    """The case, masked; `explain` tells each clock day by day, `as_of` how it stood at an earlier version."""
    request = c.GetCase(**key.fields, explain=explain, as_of=as_of)
    return await gateway.services.ask(visitor, client.GET_CASE, request)


async def case_list(
    gateway: Gateway,
    visitor: Visitor,
    name: ListName,
    cursor: str | None,
    limit: int,
    *,
    channel: Channel | None = None,
) -> c.CasePage:
    """A page of one of the visitor's lists, with the service's own cursor."""
    return await gateway.services.ask(
        visitor, client.LIST_CASES, c.ListCases(view=name, cursor=cursor, limit=limit, channel=channel)
    )


async def supply(
    gateway: Gateway,
    visitor: Visitor,
    key: CaseKey,
    expected_version: int,
    form: Supply,
    channel: Channel,
    command_id: UUID,
    *,
    owners: tuple[str, ...] = (),
) -> c.CaseReceipt:
    """Hand in papers for an open case; `owners` names whose uploads count beside the visitor's own."""
    materials = await gateway.uploads.hand_in([visitor.actor.id, *owners], form.materials)
    command = c.SupplyMaterials(
        **key.fields, expected_version=expected_version, channel=channel, materials=materials
    )
    return await gateway.services.ask(visitor, client.SUPPLY_MATERIALS, command, command_id)


async def withdraw(
    gateway: Gateway,
    visitor: Visitor,
    case_id: UUID,
    expected_version: int,
    reason: str | None,
    command_id: UUID,
) -> c.CaseReceipt:
    """Take an application back before a decision."""
    command = c.WithdrawCase(case_id=case_id, expected_version=expected_version, reason=reason)
    return await gateway.services.ask(visitor, client.WITHDRAW_CASE, command, command_id)


async def document(
    gateway: Gateway, visitor: Visitor, key: CaseKey, document_id: UUID, *, purpose: str | None = None
) -> c.DocumentView:
    """A formal document; staff see it masked unless they give a purpose, which is recorded."""
    request = c.GetDocument(**key.fields, document_id=document_id, purpose=purpose)
    return await gateway.services.ask(visitor, client.GET_DOCUMENT, request)


async def reveal(gateway: Gateway, visitor: Visitor, case_id: UUID, purpose: str) -> c.RevealedParties:
    """The parties unmasked; the look is recorded with its purpose."""
    return await gateway.services.ask(
        visitor, client.REVEAL_PARTY, c.RevealParty(case_id=case_id, purpose=purpose)
    )


async def file(gateway: Gateway, visitor: Visitor, key: CaseKey, upload_id: UUID) -> File:
    """A file that belongs to the case, for whoever may see the case; a look of the staff is recorded first."""
    case = await view(gateway, visitor, key)
    for material in case.check.materials:
        if material.upload_id == upload_id and material.digest is not None:
            if visitor.actor.has(*STAFF):
                await looks.record_opened_file(gateway, visitor, case, material.code, upload_id)
            content = await gateway.uploads.content(material.digest)
            media_type = material.media_type or "application/octet-stream"
            return File(content, media_type, _file_name(case.case_no, material.code, media_type))
    raise Problem("not_found")


_ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/ofd": "ofd",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "image/vnd.dwg": "dwg",
}


def _file_name(case_no: str, material_code: str, media_type: str) -> str:
    """A name of our own making: what a person called the file may name a person."""
    code = re.sub(r"[^0-9A-Za-z_.-]", "_", material_code)
    return f"{case_no}-{code}.{_ENDINGS.get(media_type, 'bin')}"
