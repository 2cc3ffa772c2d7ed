"""Who may use a sketchpad with a public link: one name and one password."""

import asyncio
import getpass
import os
import sys
from hmac import compare_digest

from pipeline.arguments import OneLineParser

PASSWORD_VARIABLE = "DIGITS_SHARE_PASSWORD"
LEAST_CHARACTERS = 8
PAUSE_SECONDS = 1.0  # after a wrong guess


class SignIn:
    """Whether a name and a password are right; who guesses wrong waits."""

    def __init__(self, name: str, password: str):
        self.name, self._password = name, password

    async def check(self, name: str, password: str) -> bool:
        right = compare_digest(name.encode(), self.name.encode()) & compare_digest(
            password.encode(), self._password.encode()
        )
        if not right:
            await asyncio.sleep(PAUSE_SECONDS)
        return bool(right)


def password(parser: OneLineParser) -> str:
    """From the environment, else asked for on the terminal; ends the program where it is too short."""
    found = os.environ.get(PASSWORD_VARIABLE)
    if found is None:
        if not sys.stdin.isatty():
            parser.error(f"--share-user needs a password: set {PASSWORD_VARIABLE}, or start it in a terminal")
        found = getpass.getpass("Password for the public link: ")
    if len(found) < LEAST_CHARACTERS:
        parser.error(f"the password has {len(found)} characters, expected at least {LEAST_CHARACTERS}")
    return found
