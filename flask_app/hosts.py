"""Which Host names the page answers to: those of `pipeline.hosts`."""

from collections.abc import Sequence

from flask import request
from werkzeug.exceptions import BadRequest

from pipeline import errors, hosts


def refuse_foreign_host(trusted_hosts: Sequence[str]) -> None:
    """Answer 400 to a request whose Host others can register, and that is not in `trusted_hosts`."""
    try:
        # The raw header: Werkzeug's request.host is empty for an underscore, which names inside Docker often hold.
        hosts.check(request.headers.get("Host", ""), trusted_hosts, "start it with --trusted-host {name}")
    except errors.BadRequest as error:
        raise BadRequest(str(error)) from error
