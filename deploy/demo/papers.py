"""Small real files to hand in: a PDF of one page and a PNG picture, made here so that nothing has to be downloaded."""

import struct
import zlib
from collections.abc import Sequence

_LINE_POINTS = 28


def pdf(lines: Sequence[str]) -> bytes:
    """One A4 page with these lines; the reader's own Chinese font is named, so that none has to be embedded."""
    text = "\n".join(_line(line, 780 - number * _LINE_POINTS) for number, line in enumerate(lines)).encode()
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
                b" /Resources << /Font << /F1 5 0 R >> >> >>"
            ),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
            (
                b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
                b" /DescendantFonts [6 0 R] >>"
            ),
            (
                b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
                b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
            ),
            (
                b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
                b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            ),
        ]
    )


def _line(text: str, y: int) -> str:
    return f"BT /F1 16 Tf 60 {y} Td <{text.encode('utf-16-be').hex().upper()}> Tj ET"


def _document(objects: Sequence[bytes]) -> bytes:
    """The objects with the table of their places, as a PDF must have it."""
    content, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(content))
    )


def png(width: int = 240, height: int = 160) -> bytes:
    """A picture as a telephone would take one of a paper: grey, with darker lines."""
    rows = b"".join(b"\0" + bytes(_grey(y) for _ in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*part) for part in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def _grey(y: int) -> int:
    return 90 if y % 16 in (7, 8) else 230


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
