"""Who may ask: by the name the server is called, the web site that sends, and the key of the client."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline import hosts
from pipeline.errors import DigitsError, ForeignSite
from pipeline.web.errors import refusal
from pipeline.web.keys import Key, find, read_keys
from pipeline.web.rates import TooOften

HEALTH = ("/livez", "/readyz", "/healthz")  # open to all: whoever watches over the service has no key
KEYS, TRUSTED, ORIGINS = "DIGITS_API_KEYS", "DIGITS_TRUSTED_HOSTS", "DIGITS_ALLOWED_ORIGINS"  # environment variables
SAFE = ("GET", "HEAD")  # methods that change nothing: pages of others may link here
ASKING = "digits.key"  # in an ASGI scope: the name of the key that was sent
TRUST = f"put {{name}} into {TRUSTED}, separated by commas."


class NoKey(DigitsError):
    """A request without a key that is known (401)."""

    code, status = "no_key", 401


@dataclass(frozen=True)
class Access:
    """No keys: all may ask. `trusted_hosts` see pipeline.hosts; `origins` are web sites whose scripts may ask."""

    keys: tuple[Key, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


def from_environment(environment: Mapping[str, str] = os.environ) -> Access:
    """What the operator set. Raises ModelError where the file of keys cannot be used."""
    file = environment.get(KEYS)
    return Access(
        read_keys(Path(file)) if file else (),
        tuple(name.lower() for name in _listed(environment, TRUSTED)),
        tuple(origin.rstrip("/") for origin in _listed(environment, ORIGINS)),
    )


def is_loopback(host: str) -> bool:
    """Whether an address to listen on, empty for the usual one, lets this machine alone in."""
    return host in ("", "localhost") or (hosts.is_ip_address(host) and ip_address(host).is_loopback)


def _listed(environment: Mapping[str, str], name: str) -> list[str]:
    return [each.strip() for each in environment.get(name, "").split(",") if each.strip()]


class Guard:
    """ASGI middleware: refuses who may not ask, before anything of the request is read."""

    def __init__(self, app: ASGIApp, access: Access):
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http":
            try:
                self._check(scope, Headers(scope=scope))
            except DigitsError as error:
                app = _refused(error)
        await app(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        hosts.check(headers.get("host", ""), self.access.trusted_hosts, TRUST)
        origin = headers.get("origin", "")
        foreign = bool(origin) and origin.partition("//")[2] != headers.get("host")
        # What browsers say of themselves, where they leave the Origin out.
        forged = headers.get("sec-fetch-site") == "cross-site" and scope["method"] not in SAFE
        if (foreign or forged) and origin not in self.access.origins:
            raise ForeignSite(
                f"The web site {origin or 'that sends this'} may not use this service. Let a program ask that is no "
                f"script of a foreign page, or put the site into {ORIGINS}."
            )
        if self.access.keys and scope["path"] not in HEALTH:
            scope[ASKING] = self._key(headers).name

    def _key(self, headers: Headers) -> Key:
        kind, _, sent = headers.get("authorization", "").partition(" ")
        sent = sent.strip() if kind.lower() == "bearer" else headers.get("x-api-key", "")
        key = find(self.access.keys, sent)
        if key is None:
            came = "a key that is not known" if sent else "no key"
            raise NoKey(f"The request has {came}. Send yours as the header 'Authorization: Bearer KEY'.")
        wait = key.wait()
        if wait:
            seconds = math.ceil(wait)
            raise TooOften(f"The key of {key.name} allows {key.rate:g} requests a second. Wait {seconds} s.", seconds)
        return key


def _refused(error: DigitsError) -> ASGIApp:
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NoKey) else {}
    if isinstance(error, TooOften):
        headers["Retry-After"] = str(error.retry_after)
    return JSONResponse(refusal(error.code, str(error)).to_json(), error.status, headers)
