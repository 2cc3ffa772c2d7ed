"""Which Host names the page answers to, so that no foreign web site can reach it by DNS rebinding.

In that attack a site points its own name at 127.0.0.1 or at a LAN address, and its script then reads our page as its
own. Flask's TRUSTED_HOSTS would stop it with a list of names, but no fixed list knows the address that --host opens.
A rebound request always carries a name that its attacker could register, so what nobody can register is let in:
IP addresses, names without a dot (localhost, a container's or a machine's name) and those under .localhost and .local.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

UNREGISTRABLE = (".localhost", ".local")  # RFC 6761 and RFC 6762


def refuse_foreign_host(trusted_hosts: Sequence[str]) -> None:
    """Answer 400 to a request whose Host is neither unregistrable nor in `trusted_hosts`."""
    # The raw header: Werkzeug's request.host is empty for an underscore, which names inside Docker often hold.
    name = host_name(request.headers.get("Host", ""))
    if not (is_unregistrable(name) or (trusted_hosts and host_is_trusted(name, trusted_hosts))):
        raise BadRequest(
            f"This page does not answer to the name {name!r}. Open it by its IP address or as localhost, "
            f"or start it with --trusted-host {name}"
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
