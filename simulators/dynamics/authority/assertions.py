"""Client assertions: tokens that an application signs with its certificate instead of sending a secret.

What MSAL sends: the source of AzureAD/microsoft-authentication-library-for-python, 1.39.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from simulators.dynamics.authority.tokens import decode

PADDINGS = {
    "RS256": padding.PKCS1v15(),
    "PS256": padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=padding.PSS.AUTO),
}


def is_valid(assertion: str, certificate_pem: str, client_id: str, audience: str, now_s: float) -> bool:
    """Whether the assertion was signed with the certificate's key, for this application, endpoint and time."""
    try:
        head, body, seal = assertion.split(".")
        claims = json.loads(decode(body))
        _verify(certificate_pem, json.loads(decode(head))["alg"], f"{head}.{body}".encode(), decode(seal))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return False
    return _fits(claims, client_id, audience, now_s)


def _verify(certificate_pem: str, algorithm: str, signed: bytes, signature: bytes) -> None:
    key = load_pem_x509_certificate(certificate_pem.encode()).public_key()
    if not isinstance(key, RSAPublicKey):
        raise InvalidSignature
    key.verify(signature, signed, PADDINGS[algorithm], SHA256())


def _fits(claims: dict[str, Any], client_id: str, audience: str, now_s: float) -> bool:
    names = claims.get("iss") == client_id == claims.get("sub")
    return names and claims.get("aud") == audience and claims.get("nbf", 0) - 300 <= now_s < claims.get("exp", 0)
