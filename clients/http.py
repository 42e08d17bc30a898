"""The door: every request of ac365 to a service goes through `Door.send`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol
from uuid import uuid4

from requests import PreparedRequest, Request, Response
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException, SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from clients import guard
from clients.answer import Answer, Json, Unparsable, encode, read
from clients.auth import Auth
from clients.guard import Private
from clients.limits import CALLS
from clients.redaction import redact
from clients.table import Call, Table, error_of, no_answer
from clients.urls import Params, absolute, bare
from sync.errors import SyncError, Throttled
from sync.model import Lane

CA_ADVICE = "The certificate is not trusted. Point REQUESTS_CA_BUNDLE at your own certificate authority."


class Limiter(Protocol):
    """The part of the budget that a door needs."""

    def take(self, lane: Lane, names: Sequence[str] = ...) -> AbstractContextManager[object]:
        """Waits for the right to send one call."""

    def pause(self, seconds: float, names: Sequence[str] = ...) -> None:
        """Stops everybody who needs these limits for a while."""


class Door:
    """One service at one address. It does not retry: that is the business of one clock elsewhere.

    The one exception is a 401, which is repeated once with a fresh token. Cookies are dropped, connections kept alive,
    redirects not followed; REQUESTS_CA_BUNDLE and proxy variables are honoured. private: what inside may be asked.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        auth: Auth,
        budget: Limiter,
        table: Table,
        connect_s: float = 10.0,
        read_s: float = 60.0,
        private: Private = guard.NONE,
    ) -> None:
        self.service = service
        self.base_url = base_url.rstrip("/")
        self.auth = auth
        self.table = table
        self._budget = budget
        self._connect_s, self._read_s = connect_s, read_s
        self._session = guard.session(private)
        # Dataverse binds a client with cookies to one of its servers, and their limits count per server.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(
        self,
        method: str,
        path_or_url: str,
        *,
        lane: Lane,
        limits: Sequence[str] = (CALLS,),
        json: Json = None,
        content: tuple[str, bytes] | None = None,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        write: bool = False,
        idempotent: bool = False,
        accept: Collection[int] = (),
        parse: bool = True,
        read_s: float | None = None,
    ) -> Answer:
        """The answer, if it is a 2xx or its status is in `accept`; else raises what the table says.

        json: the body; content: another body with its type; parse=False: the answer is not JSON; write: the call
        changes something, so without an answer its outcome is unknown; idempotent: repeating it does no harm; read_s:
        seconds to wait for the answer, where a call may take longer than others of this door.
        """
        url = absolute(self.base_url, path_or_url, params)
        call = Call(method, redact(bare(url)), write, idempotent)
        body = content or (("application/json", encode(json)) if json is not None else None)
        answer = self._once(call, url, body, headers or {}, lane, limits, parse, read_s)
        if answer.status == 401 and self.auth.renew():
            answer = self._once(call, url, body, headers or {}, lane, limits, parse, read_s)
        if answer.ok or answer.status in accept:
            return answer
        raise self.refused(answer, call, limits)

    def refused(self, answer: Answer, call: Call, limits: Sequence[str] = (CALLS,)) -> SyncError:
        """The error that `answer` means. A throttled one has already paused everybody whom it concerns."""
        error = error_of(self.table, answer, call)
        if isinstance(error, Throttled):
            others = [name for name in limits if name != CALLS]
            self._budget.pause(error.after_s, others if others and error.code in self.table.narrow else (CALLS,))
        return error

    def close(self) -> None:
        """Lets the connections go."""
        self._session.close()

    def _once(
        self,
        call: Call,
        url: str,
        body: tuple[str, bytes] | None,
        headers: Mapping[str, str],
        lane: Lane,
        limits: Sequence[str],
        parse: bool,
        read_s: float | None,
    ) -> Answer:
        # The token comes first: fetching one must not count as part of the round trip.
        request = self._prepare(call.method, url, body, {**headers, **self.auth.headers()})
        with self._budget.take(lane, limits):
            response = self._transmit(call, request, read_s or self._read_s)
        try:
            return read(response, self.table.id_headers, parse=parse)
        except Unparsable as error:
            raise no_answer(self.table, call, "the answer is cut short or not JSON", sent=True) from error

    def _prepare(
        self, method: str, url: str, body: tuple[str, bytes] | None, headers: Mapping[str, str]
    ) -> PreparedRequest:
        sent = {"Accept": "application/json", self.table.correlation_header: str(uuid4()), **headers}
        if body:
            sent["Content-Type"] = body[0]
        # An authentication of our own keeps requests from sending what it finds in ~/.netrc instead.
        request = self._session.prepare_request(
            Request(method, self.base_url, headers=sent, data=body[1] if body else None, auth=_leave_alone)
        )
        # Links of the service are followed as they are, and requests would re-quote them.
        request.url = url
        return request

    def _transmit(self, call: Call, request: PreparedRequest, read_s: float) -> Response:
        settings = self._session.merge_environment_settings(request.url, {}, None, None, None)
        try:
            return self._session.send(request, timeout=(self._connect_s, read_s), allow_redirects=False, **settings)
        except SSLError as error:
            # A certificate is refused before anything is sent; TLS may also break off later, with the call on its way.
            refused = "CERTIFICATE_VERIFY_FAILED" in str(error)
            advice = CA_ADVICE if refused else ""
            raise no_answer(self.table, call, "no secure connection", sent=not refused, advice=advice) from error
        except RequestException as error:
            why = "no answer in time" if isinstance(error, ReadTimeout | ConnectTimeout) else "the connection failed"
            raise no_answer(self.table, call, why, sent=_may_have_arrived(error)) from error


def _leave_alone(request: PreparedRequest) -> PreparedRequest:
    return request


def _may_have_arrived(error: RequestException) -> bool:
    """False only if no connection was made at all."""
    if isinstance(error, ConnectTimeout):
        return False
    cause = error.args[0] if isinstance(error, NoConnection) and error.args else None
    return not (isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError))
