"""`tongban audit verify-proof FILE`: one event's proof, checked with the log's public key and nothing running."""

import argparse

from deploy.commands.audit_verify import add_public_key, public_key, read_text
from deploy.commands.usage import add_json, say_json
from deploy.local.terminal import coloured, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="证明文件 the proof, as the API gives it")
    add_public_key(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    from services.audit.proof_file import verify_proof

    report = verify_proof(read_text(options.file), public_key(options.public_key))
    if options.json:
        say_json(report.as_dict())
    else:
        mark, colour = ("✓", "32") if report.ok else ("✗", "31")
        say(coloured(f"{mark} {report.zh}\n  {report.en}", colour))
    return 0 if report.ok else 1
