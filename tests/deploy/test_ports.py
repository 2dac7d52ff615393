"""Ports are free when taken, and the same at the next start."""

import socket
from pathlib import Path

from deploy.local.ports import HIGHEST, LOWEST, PortBook, is_free


def test_a_second_start_gets_the_same_ports(tmp_path: Path) -> None:
    first = [PortBook(tmp_path / "state.json").take(name) for name in ("a", "b", "c")]

    assert [PortBook(tmp_path / "state.json").take(name) for name in ("a", "b", "c")] == first
    assert len(set(first)) == 3
    assert all(LOWEST <= port < HIGHEST for port in first)


def test_a_port_that_somebody_else_took_is_replaced(tmp_path: Path) -> None:
    book = PortBook(tmp_path / "state.json")
    port = book.take("a")

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not is_free(port)
        replacement = book.take("a")

    assert replacement != port
    assert book.remembered() == {"a": replacement}


def test_a_damaged_book_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")

    assert PortBook(tmp_path / "state.json").take("a")
