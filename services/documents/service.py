"""Entry points of the printer: what can happen, and nothing else."""

from datetime import timedelta
from uuid import UUID

from services.applications.contracts import EVENTS, CaseFacts, CaseSubmittedV1
from services.applications.contracts.printing import (
    DocumentForPrinting,
    DocumentReissuedV1,
    GetDocumentForPrinting,
)
from services.documents import handlers, store
from services.documents.contracts import ComparePdf, Comparison, GetPdf, PdfView, Verification, VerifyDocument
from services.documents.presses import Press
from services.documents.sealing import LocalSeal, PlatformSeal, SealPlatform
from services.documents.settings import DocumentsSettings
from services.documents.workshop import Workshop
from shared import time
from shared.database import Connection
from shared.identity import Role
from shared.privacy import Keyring
from shared.runtime import Call, Received, Runtime, ServiceRuntime, consumes, rpc, timer

# A submission brings what is printed on demand only, and comes seven hundred times a second: it is not listened to.
OCCASIONS = tuple(event for event in EVENTS if issubclass(event, CaseFacts) and event is not CaseSubmittedV1)
READERS = (Role.APPLICANT, Role.CLERK, Role.APPROVER, Role.ORGAN_HEAD)
ANYBODY = (*READERS, Role.KEEPER, Role.SUPERVISOR, Role.AUDITOR, Role.OPERATOR, Role.PROVINCE)


class DocumentsService:
    """Prints, signs and keeps the formal documents."""

    name = "documents"
    runtime: ServiceRuntime = Runtime(DocumentsSettings)

    async def ready(self) -> None:
        """Open the workshop; a font that is missing is said now and not with the first document."""
        settings, state = self.runtime.settings, self.runtime.state
        state.keyring = Keyring.from_file(settings.secrets_dir / "blobs.keyring.json")
        presses = [Press(settings.press_options()) for _ in range(settings.presses)]
        for press in presses:
            await press.start()
        state.workshop = Workshop(
            self.runtime.database,
            presses,
            _seal(settings),
            self._ask_text,
            state.keyring,
            public_url=settings.public_url,
            longest=timedelta(seconds=settings.press_seconds + settings.seal_platform_seconds),
        )

    @consumes(*OCCASIONS, DocumentReissuedV1, batch=True)
    async def take_events(self, connection: Connection, received: list[Received]) -> None:
        """Hear of documents to print."""
        await handlers.take_events(connection, received, time.now())

    @timer(seconds=0.5)
    async def work(self) -> None:
        """Print what is due."""
        await self.runtime.state.workshop.work()

    @timer(seconds=15)
    async def measure(self) -> None:
        """How much waits, and how long."""
        await self.runtime.state.workshop.measure()

    @staticmethod
    async def figures(connection: Connection) -> dict[str, float]:
        """For the operators: how much waits to be printed, and for how long."""
        count, since = await store.waiting(connection)
        return {"printing": count, "printing_seconds": (time.now() - since).total_seconds() if since else 0.0}

    @rpc(*READERS)
    async def get_pdf(self, call: Call, request: GetPdf) -> PdfView:
        """The signed PDF of a document."""
        return await handlers.get_pdf(
            self.runtime.database,
            call.actor,
            request,
            self.runtime.state.keyring,
            self._ask_text,
            time.now(),
        )

    @rpc(*ANYBODY)
    async def verify_document(self, call: Call, request: VerifyDocument) -> Verification:
        """Whether such a document was issued."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.verify(connection, request)

    @rpc(*ANYBODY)
    async def compare_pdf(self, call: Call, request: ComparePdf) -> Comparison:
        """Whether a file is the one that was signed."""
        async with self.runtime.database.acquire() as connection:
            return await handlers.compare(connection, request)

    async def _ask_text(self, document_id: UUID) -> DocumentForPrinting:
        return await self.runtime.rpc.call(
            "applications",
            "document_for_printing",
            GetDocumentForPrinting(document_id=document_id),
            DocumentForPrinting,
            actor=self.runtime.actor,
        )


def _seal(settings: DocumentsSettings) -> SealPlatform:
    if settings.seal_platform_url:
        return PlatformSeal.from_secrets(
            settings.seal_platform_url, settings.secrets_dir, seconds=settings.seal_platform_seconds
        )
    return LocalSeal.from_secrets(settings.secrets_dir, trial=settings.mode != "production")
