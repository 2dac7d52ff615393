"""The grain of every contract here: bilingual text, bounded strings, and how tolerant a model is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

# PostgreSQL stores no NUL character, neither in text nor in jsonb.
_NO_NUL = r"^[^\x00]*$"
ShortName = Annotated[str, Field(min_length=1, max_length=100, pattern=_NO_NUL)]
Line = Annotated[str, Field(min_length=1, max_length=1000, pattern=_NO_NUL)]
Paragraph = Annotated[str, Field(min_length=1, max_length=4000, pattern=_NO_NUL)]
ImplementationCode = Annotated[str, Field(min_length=31, max_length=31, pattern=r"^[0-9A-Z]{31}$")]

# Keys of `Basis` rows. That there is at least one is a rule of the domain, which says why.
Citations = tuple[ShortName, ...]


class Contract(BaseModel):
    """A part of a message: frozen, and deaf to fields that a later publisher adds."""

    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """A question or command: a field that we do not know is a mistake of the caller, who must hear of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Contract):
    """Chinese first, English second. Seed files may write the pair as a list: [中文, English]."""

    zh: Paragraph
    en: Paragraph

    @model_validator(mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        match value:
            case [str() as zh, str() as en]:
                return {"zh": zh, "en": en}
        return value


class ProvisionalField(Contract):
    """A value that law and published lists leave open: in force, to be confirmed by the department."""

    path: Line
    """A JSON pointer into the content, as `/promised_limit`."""
    reason: Text
