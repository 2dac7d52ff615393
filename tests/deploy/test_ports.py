"""Ports are free when taken, and the same at the next start."""

import socket
from pathlib import Path

from deploy.local import plan
from deploy.local.__main__ import summary
from deploy.local.home import Home
from deploy.local.plan import ProcessPlan
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


def test_what_is_shown_is_the_port_of_the_running_copy_not_the_one_named_now(tmp_path: Path) -> None:
    home = Home(tmp_path, port=8080)
    assert plan.public_port(home) is None
    home.make_folders()
    plan.write(
        home, [ProcessPlan("relay", [], {}, 1), ProcessPlan("gateway", [], {"TONGBAN_PORT": "8097"}, 2)]
    )
    assert plan.public_port(home) == 8097
    assert "http://127.0.0.1:8097/api/docs" in summary(home)
