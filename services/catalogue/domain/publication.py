"""The life of an item: published in numbered versions that never change, withdrawn, perhaps published again."""

from dataclasses import dataclass

from services.catalogue.domain.errors import ItemStale, ItemWithdrawnAlready


@dataclass(frozen=True, slots=True)
class Published:
    """Where an item stands: its last version, the digest of that version, whether a withdrawal is on record."""

    version: int
    content_sha256: str
    withdrawn: bool = False


def next_version(last: Published | None, content_sha256: str) -> int | None:
    """事项版本: one more on each published change; None when the same content is in force already.

    A withdrawn item that is published again gets a new version even with the old content, because its cases and
    consumers must be able to tell the time before from the time after.
    """
    if last is None:
        return 1
    if last.content_sha256 == content_sha256 and not last.withdrawn:
        return None
    return last.version + 1


def may_withdraw(last: Published, expected_version: int) -> None:
    """Refuse when the keeper has not seen the last version, or the item is withdrawn already."""
    if last.version != expected_version:
        raise ItemStale(expected_version, last.version)
    if last.withdrawn:
        raise ItemWithdrawnAlready
