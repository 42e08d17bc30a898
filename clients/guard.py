"""Which addresses ac365 connects to: public ones, this machine by its own name, and what the operator has named.

Administrators of the console type in addresses, and services answer with links and redirects. None of them may lead to
what only this machine reaches: a metadata service, a database, a neighbour. What counts is the address that a
connection is really made to, since a name may be resolved to another one each time (decision record 27).

Facts from learn.microsoft.com, page what-is-ip-address-168-63-129-16, RFC 6052 (addresses that carry one of IPv4) and
repository urllib3/urllib3 (2.x, `HTTPConnection._new_conn`). Where a proxy is set, it makes the connection: then only
addresses written as numbers can be checked here.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from clients.loopback import HOSTS
from sync.errors import Stop

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
INSIDE: Final = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Public by its number, and answered by the machine's own Azure host."""
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
ADVICE: Final = "Correct the address of this connection. If it is meant, name the host in AC365_PRIVATE_HOSTS."


@dataclass(frozen=True, slots=True)
class Private:
    """Hosts and networks inside that may be connected to."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def named(cls, words: Iterable[str]) -> Private:
        """Each word is a network, such as 10.1.0.0/16, an address, or the name of a host."""
        networks = {word: found for word in words if (found := _network(word))}
        return cls(frozenset(word.lower() for word in words if word not in networks), tuple(networks.values()))

    def allows(self, host: str, address: str) -> bool:
        """Whether a connection to `address` may be made on behalf of `host`."""
        found = _address(address)
        if host.lower() in self.hosts or any(found in network for network in self.networks):
            return True
        return found.is_loopback if host.lower() in HOSTS else _is_public(found)


NONE: Final = Private()


def session(private: Private = NONE, retries: int = 0) -> Session:
    """A session that connects to nothing else. Raises Stop, for what is refused, from whatever is asked of it.

    retries: how often a connection that can't be made is tried again.
    """
    made = Session()
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Guarded(private, retries))
    return made


class _Guarded(HTTPAdapter):
    def __init__(self, private: Private, retries: int) -> None:
        self._private = private
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = _pools(self._private)

    def send(self, request: PreparedRequest, *args: Any, **named: Any) -> Response:
        host = urlsplit(request.url or "").hostname or ""
        if _is_number(host):
            _require(self._private, host, host)
        return super().send(request, *args, **named)


def _pools(private: Private) -> Mapping[str, Any]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(private, self.host, self.port, super()._new_conn)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(private, self.host, self.port, super()._new_conn)

    plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
    return {"http": plain, "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure})}


def _checked(private: Private, host: str, port: int, connect: Any) -> socket.socket:
    """The connection, if everything that the name stands for may be connected to, and the other end is one of them.

    Looked at before, so that not even the attempt tells what listens inside; and after, since it is resolved anew.
    """
    for address in _resolved(host, port):
        _require(private, host, address)
    made: socket.socket = connect()
    try:
        _require(private, host, str(made.getpeername()[0]))
    except BaseException:
        made.close()
        raise
    return made


def _resolved(host: str, port: int) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)]
    except OSError:
        # The attempt to connect says what is wrong.
        return []


def _require(private: Private, host: str, address: str) -> None:
    if not private.allows(host, address):
        raise Stop(f"{host} leads to {address}, inside a network", code="connection.private_address", advice=ADVICE)


def _is_public(address: Address) -> bool:
    inner = _carried(address)
    return address.is_global and not address.is_multicast and address not in INSIDE and (not inner or _is_public(inner))


def _carried(address: Address) -> Address | None:
    """The address of IPv4 that is written in one of IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _address(text: str) -> Address:
    found = ipaddress.ip_address(text.partition("%")[0])
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _is_number(host: str) -> bool:
    try:
        _address(host)
    except ValueError:
        return False
    return True


def _network(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(word, strict=False)
    except ValueError:
        return None
