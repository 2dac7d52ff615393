"""Many rows of several tables in one statement.

A round trip costs more than the rows it carries, so a group of submissions is written by one statement: an INSERT for
each table, tied together by common table expressions.  Rows of commands that have run before are left out by the
database itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ONLY_NEW = " WHERE command_id IN (SELECT command_id FROM new)"


@dataclass(frozen=True)
class Table:
    """A table with its columns and their types, in the order in which their values are given."""

    name: str
    columns: Mapping[str, str]
    on_conflict: str = ""

    def insert(self) -> str:
        """The statement that inserts arrays, one for each column."""
        return self._insert(first=1, filtered="")

    def insert_new(self, first: int) -> str:
        """The same with an array of command ids before the others, beginning at this placeholder."""
        return self._insert(first, filtered=_ONLY_NEW, command_ids=f"${first}::uuid[], ")

    def _insert(self, first: int, filtered: str, command_ids: str = "") -> str:
        # JSON comes as text: it was written once for its digest and is not written again.
        start = first + bool(command_ids)
        types = {name: "text" if kind == "jsonb" else kind for name, kind in self.columns.items()}
        arrays = ", ".join(f"${start + place}::{kind}[]" for place, kind in enumerate(types.values()))
        names = ", ".join(f'"{name}"' for name in self.columns)
        values = ", ".join(
            f'"{name}"::jsonb' if kind == "jsonb" else f'"{name}"' for name, kind in self.columns.items()
        )
        given = ("command_id, " if command_ids else "") + names
        # Every name in it is a constant of ours.
        return (
            f"INSERT INTO {self.name} ({names}) SELECT {values}"  # noqa: S608  # see above
            f" FROM unnest({command_ids}{arrays}) AS given ({given}){filtered} {self.on_conflict}"
        )


def in_one_statement(first: str, first_arrays: int, tables: Sequence[Table], finally_: str) -> str:
    """`first` inserts the commands and returns the new ids; then the tables; then a SELECT over `new`."""
    parts, place = [f"new AS ({first})"], first_arrays + 1
    for table in tables:
        parts.append(f"into_{table.name} AS ({table.insert_new(place)})")
        place += len(table.columns) + 1
    return f"WITH {', '.join(parts)} {finally_}"


def arrays(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into one array for each column."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
