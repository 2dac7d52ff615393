"""A free port for the health of a service process under test."""

import socket

import pytest


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
