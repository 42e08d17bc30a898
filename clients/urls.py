"""Addresses: queries as both services like them, and links that may not lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, quote, urlsplit

from sync.errors import Stop

Params = Mapping[str, object] | Iterable[tuple[str, object]]

PORTS = {"https": 443, "http": 80}
# Blanks become %20 and plus signs %2B: Dataverse reads a bare plus as a blank, and a+b@contoso.example then matches
# nobody. These characters are left as they are, which keeps $select and $filter short and legible.
SAFE = "$,()':/="


def query(params: Params) -> str:
    """`a=1&b=x%20y`; entries whose value is None are left out."""
    pairs = params.items() if isinstance(params, Mapping) else params
    given = ((key, str(value)) for key, value in pairs if value is not None)
    return "&".join(f"{quote(key, safe='$')}={quote(value, safe=SAFE)}" for key, value in given)


def absolute(base_url: str, path_or_url: str, params: Params = ()) -> str:
    """The full URL. Raises Stop for a link to another host than that of `base_url`: credentials must not go there."""
    if path_or_url.startswith(("http://", "https://")):
        if _origin(path_or_url) != _origin(base_url):
            raise Stop(
                f"a link leads to {urlsplit(path_or_url).hostname}, away from {urlsplit(base_url).hostname}",
                code="clients.foreign_link",
                advice="Check the URL of this connection, and what stands between ac365 and the service.",
            )
        url = path_or_url
    else:
        url = f"{base_url.rstrip('/')}/{path_or_url.lstrip('/')}"
    asked = query(params)
    return f"{url}{'&' if '?' in url else '?'}{asked}" if asked else url


def bare(url: str) -> str:
    """The path alone, for messages: queries hold personal data."""
    return urlsplit(url).path


def _origin(url: str) -> tuple[str, str, int | None]:
    parts: SplitResult = urlsplit(url)
    host = (parts.hostname or "").lower()
    # One environment answers as contoso.crm4.dynamics.com and as contoso.api.crm4.dynamics.com.
    name, _, domain = host.partition(".")
    if domain.startswith("api.") and domain.endswith(".dynamics.com"):
        host = f"{name}.{domain.removeprefix('api.')}"
    return parts.scheme, host, parts.port or PORTS.get(parts.scheme)
