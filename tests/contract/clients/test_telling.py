"""Telling somebody: a real mail server that minds its rules, and a real receiver of webhooks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.post_office import Box, Office, box, opened

from clients import notify
from clients.mail import Mail
from clients.notify import NotTaken
from simulators.common.tls import server_context

NOON = datetime(2030, 5, 17, 12, tzinfo=UTC)
TO = ("ops@contoso.example", "night@contoso.example")


def mail(office: Office, security: str = "starttls", host: str = "localhost", **more: Any) -> Mail:
    return Mail(host, office.port, security, "ac365@contoso.example", TO, **more)


@pytest.fixture
def secure(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office that wants encryption and a password."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "ca.pem"))
    with opened(Office(server_context(certificates), user=("ac365", "pass"))) as office:
        yield office


@pytest.fixture
def plain() -> Iterator[Office]:
    with opened(Office()) as office:
        yield office


@pytest.fixture
def hook() -> Iterator[Box]:
    with box() as made:
        yield made


def test_a_mail_reaches_everybody_encrypted_and_signed_in(secure: Office) -> None:
    assert mail(secure, user="ac365", password="pass").send("Alert – übel", "Text.\n.\nEnd.\n", NOON) == 0
    ((recipients, taken),) = secure.taken
    assert recipients == list(TO)
    assert taken["Subject"] == "Alert – übel"
    assert taken["Auto-Submitted"] == "auto-generated"
    assert taken.get_content() == "Text.\n.\nEnd.\n"


def test_tls_from_the_start_works_as_well(secure: Office) -> None:
    secure.from_the_start = True
    mail(secure, "tls", user="ac365", password="pass").send("Alert", "Text.", NOON)
    assert len(secure.taken) == 1


def test_a_server_without_encryption_gets_neither_mail_nor_password(plain: Office) -> None:
    with pytest.raises(NotTaken):
        mail(plain, user="ac365", password="pass").send("Alert", "Text.", NOON)
    assert plain.taken == []


def test_a_certificate_of_somebody_else_is_refused(secure: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(NotTaken, match="SSLCertVerificationError"):
        mail(secure, user="ac365", password="pass").send("Alert", "Text.", NOON)


def test_in_the_clear_goes_on_this_machine_only(plain: Office) -> None:
    mail(plain, "none").send("Alert", "Text.", NOON)
    assert len(plain.taken) == 1
    with pytest.raises(NotTaken, match="this machine only"):
        mail(plain, "none", host="mail.contoso.example").send("Alert", "Text.", NOON)


def test_a_refusal_names_neither_password_nor_people(secure: Office) -> None:
    with pytest.raises(NotTaken) as caught:
        mail(secure, user="ac365", password="wrong").send("Alert", "Text.", NOON)
    assert str(caught.value) == "the mail server refused it (SMTPAuthenticationError, code 535)"


def test_who_is_refused_is_counted_while_others_get_it(plain: Office) -> None:
    plain.refused = {TO[1]}
    assert mail(plain, "none").send("Alert", "Text.", NOON) == 1
    assert plain.taken[0][0] == [TO[0]]
    plain.refused = set(TO)
    with pytest.raises(NotTaken, match="SMTPRecipientsRefused"):
        mail(plain, "none").send("Alert", "Text.", NOON)


def test_a_server_that_is_away_took_nothing(plain: Office) -> None:
    plain.away = True
    with pytest.raises(NotTaken):
        mail(plain, "none").send("Alert", "Text.", NOON)
    plain.port = 1
    with pytest.raises(NotTaken, match="ConnectionRefusedError"):
        mail(plain, "none").send("Alert", "Text.", NOON)


def test_a_subject_is_one_line(plain: Office) -> None:
    mail(plain, "none").send("Alert\r\nBcc: else@contoso.example", "Text.", NOON)
    assert plain.subjects == ["Alert Bcc: else@contoso.example"]


def test_a_post_is_signed_over_its_moment_and_its_body(hook: Box) -> None:
    notify.post(hook.url, "the key", {"text": "Übel"}, NOON)
    signed, body = hook.posted[0]
    moment, _, given = signed.removeprefix("t=").partition(",v1=")
    assert int(moment) == NOON.timestamp()
    assert given == hmac.new(b"the key", f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [301, 404, 500])
def test_what_is_not_accepted_is_not_taken_and_no_redirect_followed(hook: Box, status: int) -> None:
    hook.status = status
    with pytest.raises(NotTaken, match=f"status {status}"):
        notify.post(hook.url, "the key", {}, NOON)
    with pytest.raises(NotTaken):
        notify.ping(hook.url)
    assert hook.pings == 1


def test_an_address_with_a_secret_in_it_is_not_told() -> None:
    with pytest.raises(NotTaken) as caught:
        notify.ping("http://127.0.0.1:1/the-secret")
    assert str(caught.value) == "no answer (ConnectionError)"
