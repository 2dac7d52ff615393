"""Asks a process on its private port how it is."""

import http.client
from enum import StrEnum


class State(StrEnum):
    READY = "ready"
    LIVE = "live"  # it runs and waits for something, such as the broker
    SILENT = "silent"


def state_of(port: int) -> State:
    if _answers_well(port, "/ready"):
        return State.READY
    return State.LIVE if _answers_well(port, "/live") else State.SILENT


def _answers_well(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        # The answer has a hand on the socket of its own, which closing the connection alone would not open.
        with connection.getresponse() as answer:
            return answer.status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
