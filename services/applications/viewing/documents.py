"""Formal documents: as a case lists them, and in full."""

from collections.abc import Sequence

from asyncpg import Record

from services.applications.contracts import DocumentLine, DocumentReference, DocumentView
from services.applications.domain.case import Case
from services.applications.domain.documents import Line, titles


def document_reference(row: Record) -> DocumentReference:
    """A document as a case lists it."""
    title, title_en = titles(row["kind"], is_licence=row["is_licence"])
    return DocumentReference(
        document_id=row["id"],
        kind=row["kind"],
        number=row["number"],
        title=title,
        title_en=title_en,
        issued_on=row["issued_on"],
        void_reason=row["void_reason"]["zh"] if row["void_reason"] else None,
        void_reason_en=row["void_reason"]["en"] if row["void_reason"] else None,
        replaces=row["replaces"],
    )


def document_view(row: Record, case: Case, lines: Sequence[Line], *, masked: bool) -> DocumentView:
    """A document with these lines of it."""
    title, title_en = titles(row["kind"], is_licence=row["values"]["is_licence"])
    return DocumentView(
        document_id=row["id"],
        case_id=case.id,
        case_no=case.case_no,
        kind=row["kind"],
        number=row["number"],
        title=title,
        title_en=title_en,
        template_version=row["template_version"],
        issued_on=row["issued_on"],
        lines=tuple(
            DocumentLine.model_validate({"style": line.style, "text": line.text, "label": line.label})
            for line in lines
        ),
        sha256=row["sha256"].hex(),
        masked=masked,
        void_reason=row["void_reason"]["zh"] if row["void_reason"] else None,
        void_reason_en=row["void_reason"]["en"] if row["void_reason"] else None,
    )
