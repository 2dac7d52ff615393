"""An organisation and the names it has borne."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.catalogue.contracts.words import Contract, Line, ProvisionalField, Text


class OrganisationName(Contract):
    """A name and the days it was borne; None is open-ended. Documents of those days keep it for ever."""

    name: Text
    short_name: Text
    valid_from: date | None = None
    valid_to: date | None = None
    source: Line


class Organisation(Contract):
    """Keyed by unified social credit code: the code outlives every renaming."""

    uscc: Annotated[str, Field(min_length=18, max_length=18)]
    names: tuple[OrganisationName, ...] = Field(min_length=1)
    """Oldest first."""
    region_code: Annotated[str, Field(pattern=r"^\d{6}$")]
    provisional: tuple[ProvisionalField, ...] = ()

    def name_on(self, day: date) -> OrganisationName:
        """The name borne on that day; the oldest known one for days before the records begin."""
        borne = [n for n in self.names if (n.valid_from is None or n.valid_from <= day)]
        return borne[-1] if borne else self.names[0]
