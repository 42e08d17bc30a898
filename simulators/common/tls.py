"""A certificate authority of the simulators' own, so that clients can insist on https."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


def make_certificates(folder: Path, *names: str) -> Path:
    """Writes `ca.pem` and `server.pem` into `folder` unless they are there, and answers with the path of `ca.pem`.

    `names` are further host names beside localhost, 127.0.0.1 and ::1. Point REQUESTS_CA_BUNDLE at the answer.
    """
    ca_file = folder / "ca.pem"
    if not ca_file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA()
        server = authority.issue_cert("localhost", "127.0.0.1", "::1", *names)
        server.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        (folder / "server.pem").chmod(0o600)
        authority.cert_pem.write_to_path(ca_file)
    return ca_file


def server_context(folder: Path) -> ssl.SSLContext:
    """The server side of TLS with the certificate in `folder`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return context
