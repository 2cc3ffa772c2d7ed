"""Which Host names a server answers to, so that no foreign web site can reach it by DNS rebinding.

In that attack a site points its own name at 127.0.0.1 or at a LAN address, and its script then reads our server as
its own. A fixed list of names would stop it, but no fixed list knows the address that --host opens. A rebound request
always carries a name that its attacker could register, so what nobody can register is let in: IP addresses, names
without a dot (localhost, a container's or a machine's name) and those under .localhost and .local.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipeline.errors import BadRequest

UNREGISTRABLE = (".localhost", ".local")  # RFC 6761 and RFC 6762


def check(host: str, trusted: Sequence[str], remedy: str) -> None:
    """Raises BadRequest where a Host header names neither what nobody can register nor one of `trusted`.

    A trusted name that begins with a dot stands for all names under it. `remedy` says how to trust the name.
    """
    name = host_name(host)
    if not (is_unregistrable(name) or any(name == each or _under(name, each) for each in trusted)):
        raise BadRequest(
            f"This server does not answer to the name {name!r}. Ask for it by its IP address or as localhost, "
            f"or {remedy.format(name=name)}"
        )


def host_name(host: str) -> str:
    """The name or address in a Host header, in lower case, without the port and an IPv6 address's brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError as error:
        raise BadRequest("The Host header of this request is not a host name.") from error


def is_unregistrable(name: str) -> bool:
    return "." not in name or name.endswith(UNREGISTRABLE) or is_ip_address(name)


def is_ip_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _under(name: str, trusted: str) -> bool:
    return trusted.startswith(".") and (name.endswith(trusted) or name == trusted[1:])
