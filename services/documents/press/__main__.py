"""The press as a process: papers in on standard input, PDFs out on standard output.

Started by the service with one argument, its configuration as JSON.  It ends when its input ends, so it never outlives
the service by more than one document.
"""

import json
import os
import resource
import shutil
import sys
from pathlib import Path
from typing import Any, BinaryIO

from services.documents.domain.errors import CannotBePrinted
from services.documents.press import messages
from services.documents.press.faces import FaceMissing, Faces

MEBIBYTE = 1024 * 1024
NICENESS = 10


def main() -> int:
    configuration = json.loads(sys.argv[1])
    papers, prints = sys.stdin.buffer, _own_output()
    # A document may wait a second; a person at a counter may not.
    os.nice(NICENESS)
    _limit_memory(configuration["memory_mib"])
    try:
        faces = Faces.open(configuration["faces"], configuration["more_faces"])
        os.environ["FONTCONFIG_FILE"] = str(faces.write_configuration(Path(configuration["folder"])))
        # The engine reads the configuration of fonts when it is loaded, so this comes late.
        from services.documents.press.layout import Layout

        layout = Layout(faces)
    except (FaceMissing, OSError, ImportError) as fault:
        _say(prints, {"cannot_start": str(fault)})
        return 1
    _say(prints, {"ready": True})
    try:
        while (message := messages.read(papers)) is not None:
            _limit_processor_time(configuration["seconds"])
            _say(prints, *_answer(layout, message[0]))
    finally:
        # The service may have been killed, and then nobody else would tidy up.
        shutil.rmtree(configuration["folder"], ignore_errors=True)
    return 0


def _answer(layout: Any, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        printed = layout.print(messages.to_paper(asked))
    except CannotBePrinted as fault:
        return {"fault": {"code": fault.code, "zh": fault.zh, "en": fault.en}}, b""
    return {"pages": printed.pages}, printed.pdf


def _own_output() -> BinaryIO:
    """Standard output for messages alone: whatever a library prints goes to the log."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _say(prints: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    prints.write(messages.pack(head, body))
    prints.flush()


def _limit_memory(mebibytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (mebibytes * MEBIBYTE, mebibytes * MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_processor_time(seconds: float) -> None:
    """So much more from here on: a document that makes the engine turn in circles ends the press."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main())
