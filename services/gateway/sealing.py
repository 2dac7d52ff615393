"""The keyring under which pages keep personal data that is on its way: drafts and case passes."""

from functools import cache
from pathlib import Path

from services.gateway.gateway import Gateway
from shared.privacy import Keyring


@cache
def _ring(path: Path) -> Keyring:
    return Keyring.from_file(path)


def keyring_of(gateway: Gateway) -> Keyring:
    """The ring of this installation; read once a process."""
    return _ring(gateway.settings.secrets_dir / "parties.keyring.json")
