"""The environment of an administrator's shell, pointing at fresh databases and keys."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest


@pytest.fixture
def platform_with(
    database_for: Callable[[str], str], secrets_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Mapping[str, str]]:
    """`platform_with("audit")` → the addresses of these services' databases, which the commands find too."""

    def make(*services: str) -> Mapping[str, str]:
        urls = {service: database_for(service) for service in services}
        monkeypatch.setenv("TONGBAN_DATABASE_URLS", json.dumps(urls))
        monkeypatch.setenv("TONGBAN_SECRETS_DIR", str(secrets_dir))
        return urls

    return make
