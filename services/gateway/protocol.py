"""HTTP/1.1 as uvicorn speaks it over httptools, with the end to a request's head that neither of them sets.

Before this nobody has said who they are, so a head that never ends or never comes must cost next to nothing.
"""

from asyncio import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT_BYTES = 64 * 1024
HEAD_SECONDS = 20.0


class Protocol(HttpToolsProtocol):
    """One connection; refuses a head that is too long or too slow."""

    _in_head = False
    _has_just_begun = False
    _head_bytes = 0
    _head_timer: TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Parse; most heads are complete at once, and only the others are counted and timed."""
        self._has_just_begun = False
        super().data_received(data)
        if not self._in_head:
            return
        # What stands before the head in its first piece belongs to another request.
        self._head_bytes = 0 if self._has_just_begun else self._head_bytes + len(data)
        if self._head_bytes > HEAD_LIMIT_BYTES:
            self._refuse("431 Request Header Fields Too Large")
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._refuse, "408 Request Timeout")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head = self._has_just_begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is complete."""
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_timer()
        super().connection_lost(exc)

    def _refuse(self, status: str) -> None:
        self.transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
