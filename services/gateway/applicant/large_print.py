"""Large print is offered from an age on, and never forced: the page stays as its reader chose it."""

from datetime import date

from services.gateway.gateway import Gateway
from services.gateway.identity.own import own_identity
from services.gateway.identity.visitor import Visitor
from shared import time

# 老年人权益保障法 Art 2: sixty years.
FROM_AGE = 60
RESIDENT_CARD = "111"


async def offered(gateway: Gateway, visitor: Visitor) -> bool:
    """Whether the visitor's own identity card says that they are old enough to be asked."""
    own = await own_identity(gateway, visitor)
    if own.certificate_type != RESIDENT_CARD:
        return False
    return age(own.certificate_number, time.today()) >= FROM_AGE


def age(number: str, on: date) -> int:
    """The age in full years by the eight digits of the birthday in the number of an identity card."""
    try:
        born = date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return 0
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
