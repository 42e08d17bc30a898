"""Mail: the one door to an SMTP server, always encrypted but on this machine. Facts: RFC 5321, RFC 3207 (STARTTLS), RFC
8314 (TLS from the start), RFC 3834 (`Auto-Submitted`, so that nobody's absence is answered to us)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

from requests import Session

from clients.loopback import HOSTS
from clients.notify import NotTaken

TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    """An SMTP server and whom to write to. security: starttls, tls, or none, which this machine alone may have; user,
    password: "" where the server wants none."""

    host: str
    port: int
    security: str
    sender: str
    recipients: Sequence[str]
    user: str = ""
    password: str = field(default="", repr=False)

    def send(self, subject: str, text: str, now: datetime) -> int:
        """Sends plain text to all recipients in one mail; answers with how many of them the server refused.

        Raises NotTaken when it took the mail for nobody.
        """
        try:
            with self._opened() as server:
                if self.security == "starttls":
                    server.starttls(context=_trust())
                if self.user:
                    server.login(self.user, self.password)
                return len(server.send_message(self._message(subject, text, now)))
        except smtplib.SMTPResponseException as error:
            # The server's words may name recipients, so they stay out.
            raise NotTaken(f"the mail server refused it ({type(error).__name__}, code {error.smtp_code})") from None
        except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
            raise NotTaken(f"the mail server did not take it ({type(error).__name__})") from None

    def _opened(self) -> AbstractContextManager[smtplib.SMTP]:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=_trust())
        if self.security == "none" and self.host not in HOSTS:
            raise NotTaken("without encryption mail is sent on this machine only")
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)

    def _message(self, subject: str, text: str, now: datetime) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = " ".join(subject.split())
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid("ac365", domain=self.sender.rpartition("@")[2] or "localhost")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def _trust() -> ssl.SSLContext:
    """The authorities that every other call trusts: those of REQUESTS_CA_BUNDLE, where it is set."""
    verify = Session().merge_environment_settings("https://localhost", {}, None, None, None)["verify"]
    return ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
