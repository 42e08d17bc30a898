"""Calls to ActiveCampaign's v3 API: paging, and the question of what a 403 means."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from clients.answer import Answer, Json
from clients.faults import PagingLoop
from clients.http import Door
from clients.limits import CALLS
from clients.scalars import as_int, row_of, rows_of, total_of
from clients.table import Call
from clients.table_activecampaign import FORBIDDEN, NEW_KEY, NOT_SERVED, SERVICE
from clients.urls import Params
from sync.errors import BadCredentials, Missing, MissingPermission, NotAvailable, SyncError, UnknownOutcome
from sync.model import Lane

API = "/api/3"
PAGE = 100
ME = "users/me"


class Caller:
    """The base of all groups of calls: one account behind one door."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def get(self, path: str, params: Params = (), *, lane: Lane) -> Json:
        """The parsed answer of a read."""
        return self._send("GET", path, lane=lane, params=params).data

    def write(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        lane: Lane,
        idempotent: bool = False,
        limits: Sequence[str] = (CALLS,),
        accept: Collection[int] = (),
    ) -> Answer:
        """The answer of a write."""
        return self._send(
            method, path, lane=lane, json=body, write=True, idempotent=idempotent, limits=limits, accept=accept
        )

    def pages(
        self, path: str, name: str, params: Mapping[str, object] | None = None, *, lane: Lane
    ) -> Iterator[tuple[list[dict[str, Any]], Json]]:
        """Pages of the list `name`, each with the whole answer.

        Not every list tells its total, and a limit may be capped, so reading ends with a page that is short and, where
        a total is known, complete. A list that is missing is a feature withheld by the plan: NotAvailable.
        """
        seen, before = 0, None
        while True:
            data = self._listed(path, {**(params or {}), "limit": PAGE, "offset": seen}, lane)
            rows = rows_of(data, name)
            if rows and rows == before:
                raise PagingLoop(f"{SERVICE}: GET {path}: the offset is ignored", code=f"{SERVICE}.paging_loop")
            yield rows, data
            seen, before = seen + len(rows), rows
            if not rows or (len(rows) < PAGE and seen >= (total_of(data) or 0)):
                return

    def refusal(self, answer: Answer, path: str, limits: Sequence[str]) -> SyncError:
        """The error of a POST's answer that was accepted to look into it first."""
        return self.door.refused(answer, Call("POST", f"{API}/{path}", write=True), limits)

    def id_in(self, answer: Answer, name: str, *, repeatable: bool = False) -> int:
        """The id of the row `name`. A success that doesn't name it leaves open what happened: UnknownOutcome."""
        identity = as_int(row_of(answer.data, name).get("id"))
        if identity:
            return identity
        raise UnknownOutcome(
            f"{SERVICE}: the answer does not name the {name}",
            repeatable=repeatable,
            code=f"{SERVICE}.unknown_outcome",
            status=answer.status,
            request_id=answer.request_id,
        )

    def _listed(self, path: str, params: Params, lane: Lane) -> Json:
        try:
            return self.get(path, params, lane=lane)
        except Missing as error:
            raise NotAvailable(error.message, advice=NOT_SERVED, **_facts(error, "not_served")) from error

    def _send(self, method: str, path: str, *, lane: Lane, **options: Any) -> Answer:
        try:
            return self.door.send(method, f"{API}/{path}", lane=lane, **options)
        except MissingPermission as error:
            self._prove_key(error, path, lane)
        # Single 403s have been seen with good keys (repository singer-io/tap-activecampaign): the key has proved good
        # just now, so the call gets a second chance. A 403 has changed nothing, hence that is safe for writes too.
        try:
            return self.door.send(method, f"{API}/{path}", lane=lane, **options)
        except MissingPermission as error:
            raise _withheld(error) from error

    def _prove_key(self, error: MissingPermission, path: str, lane: Lane) -> None:
        """A bad key, a missing permission and a feature out of plan all answer 403; only the first does so here."""
        try:
            if path != ME:
                self.door.send("GET", f"{API}/{ME}", lane=lane)
                return
        except MissingPermission:
            pass
        raise BadCredentials(
            f"{SERVICE}: the key is not accepted", advice=NEW_KEY, **_facts(error, "bad_key")
        ) from error


def _withheld(error: MissingPermission) -> SyncError:
    if error.code != FORBIDDEN or "permission" in error.body.lower():
        return error
    return NotAvailable(error.message, advice=NOT_SERVED, **_facts(error, "not_served"))


def _facts(error: SyncError, code: str) -> dict[str, Any]:
    return {"code": f"{SERVICE}.{code}", "status": error.status, "body": error.body, "request_id": error.request_id}
