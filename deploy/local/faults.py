"""The one error that these programs show to a person: what went wrong, what to do, and where the log is."""

from pathlib import Path


class Fault(Exception):
    def __init__(self, cause: str, remedy: str, log: Path | None = None) -> None:
        self.cause, self.remedy, self.log = cause, remedy, log
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """One line, as `make` prints it after the cross."""
        where = f" Log: {self.log}" if self.log else ""
        return f"{self.cause.rstrip('.')} – {self.remedy.rstrip('.')}.{where}"
