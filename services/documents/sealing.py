"""The electronic seal: a digital signature over the whole PDF, made here or by the province's seal platform.

Whoever seals must leave the bytes that were printed as they are and add the signature behind them (an incremental
update, ISO 32000-1 §7.5.6); `check_sealed` refuses everything else, so that no platform can change what was decided.
"""

import asyncio
import base64
import binascii
import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import httpx
from cryptography.x509 import load_pem_x509_certificates
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from shared.errors import TemporaryError

log = logging.getLogger(__name__)

FIELD = "Seal"
CERTIFICATE_FILE = "seal.crt"
KEY_FILE = "seal.key"
PLATFORM_TOKEN_FILE = "seal-platform.token"  # noqa: S105  # a file name
# A document of the longest text is a tenth of this, in base64.
LARGEST_ANSWER_BYTES = 96 * 1024 * 1024


class TrialSeal(ValueError):
    """The certificate says of itself that nobody stands behind it."""


@dataclass(frozen=True, slots=True)
class ToSeal:
    """A printed document on its way to the seal."""

    document_id: UUID
    kind: str
    number: str
    organ: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """The signed PDF and whose signature it bears."""

    pdf: bytes
    signed_by: str


class SealAway(TemporaryError):
    """The seal can't be had at the moment; the document waits."""


class SealPlatform(Protocol):
    """Signs documents in the organ's name."""

    async def seal(self, document: ToSeal) -> Sealed: ...


class LocalSeal:
    """Signs with a certificate and key of this installation (PAdES B-B)."""

    def __init__(self, certificate: Path, key: Path) -> None:
        signer = signers.SimpleSigner.load(str(key), str(certificate))  # type: ignore[no-untyped-call]  # pyHanko leaves this one without types
        if signer is None:
            raise ValueError(f"{key.name} and {certificate.name} do not make a signer")
        self._signer = signer
        own = load_pem_x509_certificates(certificate.read_bytes())[0]
        self._subject = own.subject.rfc4514_string()
        self.is_trial = own.issuer == own.subject

    @classmethod
    def from_secrets(cls, folder: Path, *, trial: bool = True) -> "LocalSeal":
        """The certificate and key that lie among the secrets; there is no other.

        Without `trial`, one that no authority has issued is refused: what `make up` makes for itself has no legal force
        (电子签名法 13, 16), and a document under it would look like a decision of the organ.
        """
        seal = cls(folder / CERTIFICATE_FILE, folder / KEY_FILE)
        if seal.is_trial and not trial:
            raise TrialSeal(
                f"{CERTIFICATE_FILE} 是自签的试用证书，没有法律效力；正式运行请换成本机关的证书和私钥 "
                f"{CERTIFICATE_FILE} is a self-signed trial certificate without legal force; production needs the organ's own"
            )
        return seal

    async def seal(self, document: ToSeal) -> Sealed:
        """Sign; the work of some milliseconds."""
        output = io.BytesIO()
        await signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=FIELD,
                subfilter=fields.SigSeedSubFilter.PADES,
                md_algorithm="sha256",
                reason=f"{document.organ} {document.number}",
            ),
            signer=self._signer,
        ).async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(document.pdf)), output=output)
        return Sealed(output.getvalue(), self._subject)


class PlatformSeal:
    """The province's seal platform over HTTP.

    `POST {url}` with a bearer token and JSON {document_id, kind, number, organ, pdf (base64)}; the same document_id
    may come again.  200 answers JSON {pdf (base64), signed_by}.  Anything else means: later.
    """

    def __init__(
        self, url: str, token: str, *, seconds: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}"}
        self._seconds = seconds
        self._transport = transport

    @classmethod
    def from_secrets(cls, url: str, folder: Path, *, seconds: float) -> "PlatformSeal":
        """The platform at this address, with the token that lies among the secrets."""
        return cls(url, (folder / PLATFORM_TOKEN_FILE).read_text().strip(), seconds=seconds)

    async def seal(self, document: ToSeal) -> Sealed:
        """Ask the platform; raises `SealAway` whenever no seal came that holds."""
        try:
            # The limit holds for the whole exchange: a platform that sends a byte a second is away too.
            async with asyncio.timeout(self._seconds):
                sealed = await self._exchange(document)
            await check_sealed(document.pdf, sealed)
        except (
            TimeoutError,
            httpx.HTTPError,
            httpx.StreamError,
            ValueError,
            KeyError,
            TypeError,
            binascii.Error,
        ) as error:
            log.warning(
                "seal_platform_away document_id=%s error=%s", document.document_id, type(error).__name__
            )
            raise SealAway("the seal platform gave no seal") from None
        return sealed

    async def _exchange(self, document: ToSeal) -> Sealed:
        # Nothing of the process's environment (a proxy, a netrc) may redirect what the organ decided about people.
        client = httpx.AsyncClient(timeout=self._seconds, transport=self._transport, trust_env=False)
        async with (
            client,
            client.stream("POST", self._url, headers=self._headers, json=_request(document)) as answer,
        ):
            if answer.status_code != 200:
                raise ValueError(f"status {answer.status_code}")
            return _sealed_in(await _read(answer))


def _request(document: ToSeal) -> dict[str, str]:
    return {
        "document_id": str(document.document_id),
        "kind": document.kind,
        "number": document.number,
        "organ": document.organ,
        "pdf": base64.b64encode(document.pdf).decode(),
    }


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > LARGEST_ANSWER_BYTES:
            raise ValueError("the answer is longer than any document")
    return bytes(body)


def _sealed_in(answer: bytes) -> Sealed:
    content = json.loads(answer)
    return Sealed(base64.b64decode(content["pdf"], validate=True), str(content["signed_by"])[:300])


async def check_sealed(printed: bytes, sealed: Sealed) -> None:
    """Raises ValueError unless what was printed stands unchanged and one whole signature covers the file."""
    if not sealed.pdf.startswith(printed):
        raise ValueError("the sealed file does not begin with what was printed")
    try:
        await _check_signature(sealed.pdf)
        if _contents(sealed.pdf) != _contents(printed):
            raise ValueError("the pages of the sealed file are not those that were printed")
    except ValueError:
        raise
    except Exception as error:
        # The parser meets foreign bytes; whatever it stumbles over, this is no seal.
        raise ValueError("the sealed file is no sound PDF") from error


async def _check_signature(pdf: bytes) -> None:
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(signatures) != 1:
        raise ValueError("the sealed file does not bear one signature")
    # Whose certificates are trusted is for the reader to say; that the signature holds is for us.
    context = ValidationContext(trust_roots=[signatures[0].signer_cert], allow_fetching=False)
    status = await async_validate_pdf_signature(signatures[0], context)
    if not (status.intact and status.valid and status.coverage == SignatureCoverageLevel.ENTIRE_FILE):
        raise ValueError("the signature does not hold")


def _contents(pdf: bytes) -> list[bytes]:
    """What each page draws."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return [_page(reader, number)["/Contents"].data for number in range(int(reader.root["/Pages"]["/Count"]))]


def _page(reader: PdfFileReader, number: int) -> Any:
    reference, _ = reader.find_page_for_modification(number)  # type: ignore[no-untyped-call]  # pyHanko leaves this one without types
    return reference.get_object()
