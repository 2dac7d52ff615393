"""What the identity operations take and answer."""

import re
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.applications.contracts import Applicant, Contact

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _fault(code: str, zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


def _strong(password: str) -> str:
    if _CONTROL.search(password):
        raise _fault("control_character", "密码不能含有控制字符。", "A password has no control characters.")
    if not (re.search(r"[A-Za-z]", password) and re.search(r"[^A-Za-z]", password)):
        raise _fault(
            "password_too_simple",
            "密码至少 10 个字符，并且同时含有字母和数字（或符号）。",
            "A password has at least 10 characters, with letters and digits (or signs).",
        )
    return password


Login = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, min_length=3, max_length=40, pattern=r"^[a-z][a-z0-9_.-]{2,39}$"
    ),
]
NewPassword = Annotated[str, Field(min_length=10, max_length=128, repr=False), AfterValidator(_strong)]
# What somebody types to sign in is compared and never stored: any text of a bearable length.
TypedLogin = Annotated[str, StringConstraints(to_lower=True, min_length=1, max_length=200)]
TypedPassword = Annotated[str, Field(min_length=1, max_length=512, repr=False)]
Token = Annotated[str, StringConstraints(min_length=20, max_length=200, pattern=r"^[0-9A-Za-z_-]+$")]


class Form(BaseModel):
    """Base of what people send about themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Registration(Contact, Applicant):
    """A new applicant: who it is (as on the certificate), how to reach them, and how they will sign in."""

    login: Login
    password: NewPassword

    @model_validator(mode="after")
    def _password_is_not_guessable(self) -> Self:
        known = (self.login, self.mobile, self.certificate_number.lower())
        if any(part in self.password.lower() for part in known):
            raise _fault(
                "password_contains_identity",
                "密码不能包含登录名、手机号码或证件号码。",
                "A password must not contain the login, the mobile number or the certificate number.",
            )
        return self


class SignIn(Form):
    """Login and password."""

    login: TypedLogin
    password: TypedPassword


class ChangePassword(Form):
    """The present password and the one to take its place."""

    present_password: TypedPassword
    new_password: NewPassword


class AskReset(Form):
    """Whose password was forgotten; the link goes to the e-mail address of the account, if it has one."""

    login: TypedLogin


class ResetPassword(Form):
    """The token of the letter and the new password."""

    token: Token
    new_password: NewPassword


class AccountView(BaseModel):
    """An account as its owner sees it; what identifies a person is masked."""

    account_id: UUID | None
    login: str
    display_name: str
    kind: str
    roles: list[str]
    unit: str | None = None
    certificate: str | None = None
    mobile: str | None = None
    email: str | None = None
    verification: str | None = None


class BearerView(BaseModel):
    """An access token and how long it lives."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  the kind of token, no secret
    expires_in: int
    expires_at: datetime


class SessionView(BearerView):
    """An access token for an account's own programs, with the account."""

    account: AccountView


class Notice(BaseModel):
    """A sentence for the person who asked."""

    zh: str
    en: str
