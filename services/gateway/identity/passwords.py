"""Password hashes (argon2id), made and checked in threads, so that a sign-in never stops the event loop."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# One of the settings for argon2id that OWASP holds equal: little memory and more passes, because this process stays small.
_MEMORY_KIB = 9 * 1024
_PASSES = 4
_THREADS = 2


_HASHER = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


class Passwords:
    """Hashes and checks secrets; `stop` ends the threads."""

    def __init__(self) -> None:
        _hash_of_nobody()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")

    async def hash(self, secret: str) -> str:
        """The hash to store."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _HASHER.hash, secret)

    async def matches(self, stored: str | None, secret: str) -> bool:
        """Whether the secret is the one that was hashed; takes equally long when nothing was stored."""
        # Without an account the hash of nobody is checked, so that the answer takes as long as for one that exists.
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verify, stored or _hash_of_nobody(), secret
        )
        return found and stored is not None

    def stop(self) -> None:
        """End the threads once what runs is done."""
        self._threads.shutdown(wait=False)

    def _verify(self, stored: str, secret: str) -> bool:
        try:
            return _HASHER.verify(stored, secret)
        except (VerificationError, InvalidHashError):
            return False
