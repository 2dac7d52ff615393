"""Ids that grow with time (RFC 9562 version 7), so that newest rows lie together and an id orders a list."""

import os
from datetime import datetime
from uuid import UUID


def new_id(at: datetime) -> UUID:
    """A new id for something that happened at this instant."""
    milliseconds = int(at.timestamp() * 1000) & 0xFFFFFFFFFFFF
    random = int.from_bytes(os.urandom(10), "big")
    # 48 bits of time, the version, 12 random bits, the variant, 62 random bits.
    high = milliseconds << 16 | 0x7000 | random >> 68
    low = 0x2 << 62 | random & (1 << 62) - 1
    return UUID(int=(high & (1 << 64) - 1) << 64 | low)
