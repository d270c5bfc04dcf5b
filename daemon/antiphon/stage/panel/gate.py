"""Who may ask, by what a request says of itself. Knows no socket.

Any web page can send requests to this machine. The Origin, which a page cannot choose, tells it from ours;
the Host tells a name that was made to point here (DNS rebinding).
"""

from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HTTP = 80


class Gate:
    """`lan`: requests may come from other machines, with the token."""

    def __init__(self, port: int, lan: bool = False, token: str = "") -> None:
        self._port, self._lan, self._token = port, lan, token

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the token; cookies are shared by all ports of a machine."""
        return f"antiphon-{self._port}"

    def knows_host(self, host: str) -> bool:
        """Whether a Host is this server: by an address, never by a name that somebody else gives out."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or _HTTP
        except ValueError:
            return False
        if parts.username is not None or parts.path or parts.query or port != self._port:
            return False
        return name in _LOOPBACK or (self._lan and _is_address(name))

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a request comes from our own page."""
        return self.knows_host(host) and origin == f"http://{host}"

    def has_token(self, query: str, cookies: Mapping[str, str]) -> bool:
        """Whether the token is there, in the address or in the cookie, where one is asked for."""
        return not self._token or any(
            self._fits(one) for one in (*tokens(query), cookies.get(self.cookie, ""))
        )

    def _fits(self, given: str) -> bool:
        return compare_digest(given.encode("utf-8", "surrogatepass"), self._token.encode())


def tokens(query: str) -> list[str]:
    """The tokens of a query, "token=…"."""
    try:
        return parse_qs(query, max_num_fields=8).get("token", [])
    except ValueError:
        return []


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
