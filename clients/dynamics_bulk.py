"""Writing many records at once: each for itself in a `$batch`, or all or none with UpdateMultiple.

Source: learn.microsoft.com/power-apps/developer/data-platform, pages webapi/execute-batch-operations-using-web-api and
bulk-operations (a table of the standard kind is one transaction; the same record twice: the second is dropped without a
word; a request may take two minutes; which tables have the messages stands in sdkmessagefilter).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clients.answer import Answer
from clients.dynamics_batch import CONTINUE, MOST_PARTS, Part, parts_of, wrap
from clients.dynamics_pages import version_of
from clients.dynamics_reader import API, BATCH_FAILED, ODATA
from clients.dynamics_writes import DETECTING, WRITING, Body, Writes, Written, about, matching, written
from clients.table import Call
from clients.tables import BY_SET
from clients.urls import absolute, bare
from sync.errors import BadBatch, BadRecord, Duplicate, SyncError, UnknownOutcome
from sync.model import Lane

PATIENCE_S = 120.0
Outcome = Written | SyncError


class Bulk(Writes):
    """Batches and bulk messages. One request may take up to two minutes."""

    def update_in_batch(
        self, entity_set: str, key: str, changes: Sequence[tuple[str, int | None, Body]], *, lane: Lane
    ) -> list[Outcome]:
        """Applies `(record id, version, body)`, each as `update_record` would; in order, what became of each.

        Raises only for the request as a whole: Throttled, BadCredentials, UnknownOutcome when no answer came.
        """
        parts = [
            self._part("PATCH", f"{entity_set}({one})", key, body, {"If-Match": matching(version)})
            for one, version, body in changes
        ]
        outcomes = self._outcomes(parts, lane)
        return [told_of(change[0], outcome) for change, outcome in zip(changes, outcomes, strict=True)]

    def create_in_batch(
        self, entity_set: str, key: str, rows: Sequence[tuple[str, Body]], *, lane: Lane
    ) -> list[Outcome]:
        """Makes `(record id, body)`, each as `create_record` would; in order, what became of each. Raises likewise."""
        parts = [self._part("POST", entity_set, key, {**body, key: one}) for one, body in rows]
        outcomes = [told_of(row[0], outcome) for row, outcome in zip(rows, self._outcomes(parts, lane), strict=True)]
        doubtful = [one for (one, _), outcome in zip(rows, outcomes, strict=True) if isinstance(outcome, Duplicate)]
        known = self.rows_by_id(entity_set, key, (key,), doubtful, lane=lane) if doubtful else []
        found = {str(row[key]).lower(): Written(version_of(row), found=True) for row in known}
        return [found.get(one.lower(), outcome) for (one, _), outcome in zip(rows, outcomes, strict=True)]

    def update_many(self, entity_set: str, key: str, rows: Sequence[tuple[str, Body]], *, lane: Lane) -> None:
        """Applies `(record id, body)` as one transaction, whatever versions the records have.

        Raises BadBatch when a row is refused, and then nothing was written and nobody knows for sure which row it was;
        the error of that row is its cause. MissingPermission, NotAvailable, Throttled, UnknownOutcome as ever;
        ValueError for the same record twice.
        """
        if len({one.lower() for one, _ in rows}) < len(rows):
            raise ValueError("UpdateMultiple drops the second change of a record without a word: join them first")
        if not rows:
            return
        kind = f"Microsoft.Dynamics.CRM.{BY_SET[entity_set].logical}"
        self._as_one(
            f"{entity_set}/Microsoft.Dynamics.CRM.UpdateMultiple",
            [{"@odata.type": kind, **body, key: one} for one, body in rows],
            lane,
        )

    def _as_one(self, path: str, targets: Sequence[Body], lane: Lane) -> None:
        """Sends rows as one transaction. Raises BadBatch when one is refused, the rest as `update_many` says."""
        try:
            self.door.send(
                "POST",
                f"{API}/{path}",
                json={"Targets": list(targets)},
                headers={**ODATA, **DETECTING},
                lane=lane,
                write=True,
                idempotent=True,
                parse=False,
                read_s=PATIENCE_S,
            )
        except BadRecord as error:
            raise for_all(error) from error

    def bulk_available(self, logical: str, message: str, *, lane: Lane = Lane.SYNC) -> bool:
        """Whether the table `logical` has this message, such as UpdateMultiple, in this environment."""
        where = f"sdkmessageid/name eq '{message}' and primaryobjecttypecode eq '{logical}'"
        params = {"$select": "sdkmessagefilterid", "$filter": where}
        return bool(self.json("sdkmessagefilters", params, lane=lane)["value"])

    def _part(self, method: str, path: str, key: str, body: Body, headers: Body | None = None) -> Part:
        url = absolute(self.door.base_url, f"{API}/{path}", {"$select": key})
        return Part(method, url, {"Accept": "application/json", **WRITING, **(headers or {})}, body)

    def _outcomes(self, parts: Sequence[Part], lane: Lane) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for first in range(0, len(parts), MOST_PARTS):
            outcomes += self._in_one(parts[first : first + MOST_PARTS], lane)
        return outcomes

    def _in_one(self, parts: Sequence[Part], lane: Lane) -> Iterator[Outcome]:
        path = f"{API}/$batch"
        answer = self.door.send(
            "POST",
            path,
            content=wrap(parts),
            headers={**ODATA, "Prefer": CONTINUE},
            lane=lane,
            write=True,
            idempotent=True,
            accept=BATCH_FAILED,
            parse=False,
            read_s=PATIENCE_S,
        )
        came = parts_of(answer)
        if came is None:
            raise self.door.refused(answer, _call("POST", path))
        for part, one in zip(parts, came, strict=False):
            yield written(one) if one.ok else self.door.refused(one, _call(part.method, part.url))
        for _ in parts[len(came) :]:
            yield _unanswered(answer)


def told_of(record_id: str, outcome: Outcome) -> Outcome:
    """`outcome`, unless it says that another record is missing."""
    return outcome if isinstance(outcome, Written) else about(record_id, outcome)


def _call(method: str, url: str) -> Call:
    return Call(method, bare(url), write=True, idempotent=True)


def _unanswered(answer: Answer) -> UnknownOutcome:
    return UnknownOutcome(
        "dynamics: POST $batch: the answer ends before this part",
        repeatable=True,
        code="dynamics.unknown_outcome",
        status=answer.status,
        request_id=answer.request_id,
    )


def for_all(error: BadRecord) -> BadBatch:
    """The refusal of a row, as that of all that went with it."""
    return BadBatch(error.message, code=error.code, status=error.status, body=error.body, request_id=error.request_id)
