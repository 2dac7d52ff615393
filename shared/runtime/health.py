"""The private port of a process: is it alive, is it ready, and its figures.

`/live` answers from the heartbeat of the event loop alone and never touches database or broker: a process whose
database is away must not be restarted for it. `/ready` asks the named checks and says in JSON what is missing.
`/metrics` is for Prometheus. It runs in threads of its own, so that a stopped event loop can still be seen; the public
port answers 404 for all three.
"""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterable
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from prometheus_client import make_wsgi_app

HEARTBEAT_SECONDS = 1.0
DEAD_AFTER_SECONDS = 10.0

# True or an empty text: in order. False or a sentence: not ready, and why.
Check = Callable[[], bool | str]


class Health:
    """Serves /live, /ready and /metrics of one process.

    Checks run in the threads of the server: they read flags that the process keeps, and never wait for anything.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        self._checks: dict[str, Check] = {}
        self._last_beat = time.monotonic()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use, also when 0 was asked for."""
        return self._server.server_port if self._server is not None else self._address[1]

    def add_check(self, name: str, check: Check) -> None:
        """The process is ready only while this check says so."""
        self._checks[name] = check

    def start(self) -> None:
        """Listen at once; a port that is taken raises OSError here and not later in a thread."""
        self.beat()
        self._server = _Server(self._address, _QuietHandler)
        self._server.set_app(self._app(make_wsgi_app()))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; harmless when it never began."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
        self._server = self._thread = None

    def beat(self) -> None:
        """The event loop has just run."""
        self._last_beat = time.monotonic()

    async def heartbeat(self) -> None:
        """A task of the event loop that shows that the loop runs, until it is cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    def missing(self) -> dict[str, str]:
        """What keeps the process from being ready: check → reason."""
        answers = {name: _ask(check) for name, check in tuple(self._checks.items())}
        return {name: reason for name, reason in answers.items() if reason}

    def _live(self) -> tuple[bool, dict[str, object]]:
        silent_seconds = time.monotonic() - self._last_beat
        return silent_seconds < DEAD_AFTER_SECONDS, {"heartbeat_age_seconds": round(silent_seconds, 3)}

    def _ready(self) -> tuple[bool, dict[str, object]]:
        missing = self.missing()
        return not missing, {"ready": not missing, "missing": missing}

    def _app(self, metrics: WSGIApplication) -> WSGIApplication:
        answers = {"/live": self._live, "/ready": self._ready}

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
                return _reply(start_response, "405 Method Not Allowed", {"error": "only GET"})
            if path == "/metrics":
                return metrics(environ, start_response)
            if path not in answers:
                return _reply(start_response, "404 Not Found", {"paths": [*answers, "/metrics"]})
            good, document = answers[path]()
            return _reply(start_response, "200 OK" if good else "503 Service Unavailable", document)

        return app


def _ask(check: Check) -> str:
    """Why this check is not content, or an empty text."""
    try:
        answer = check()
    except Exception as fault:
        # A check that fails is a process that is not ready; its message might name more than an operator may see.
        return f"the check failed: {type(fault).__name__}"
    return "not ready" if answer is False else "" if answer is True else answer


def _reply(start_response: StartResponse, status: str, document: dict[str, object]) -> Iterable[bytes]:
    body = json.dumps(document, ensure_ascii=False).encode("utf-8") + b"\n"
    start_response(
        status, [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body)))]
    )
    return [body]


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """A thread for each request, so that a slow scrape never delays the answer of /live."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def server_bind(self) -> None:
        # The library's own version asks the name service for this host's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no event."""


class _QuietHandler(WSGIRequestHandler):
    """Writes no access log, and gives a client that says nothing five seconds."""

    timeout = 5

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes come every few seconds and mean nothing."""
