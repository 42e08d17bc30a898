"""Bulk import of ActiveCampaign. Source: developers.activecampaign.com, pages bulk-import-contacts and
bulk-import-status-info; that indices count from one, keys must be snake_case and a status may be `false` from
repository actest4test-sys/AC-Docs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from clients.answer import Answer, Json, encode
from clients.caller import Caller
from clients.limits import CALLS, IMPORTS, SINGLE_IMPORTS
from clients.redaction import redact
from clients.scalars import as_flag, as_int, as_text
from sync.errors import BadBatch, UnknownOutcome
from sync.model import Lane

MOST_ROWS = 250
MOST_BYTES = 399_999
PATH = "import/bulk_import"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """How far a batch is. ok_ids: contacts created or updated, in no order; failed_addresses: without any reason.

    state: waiting, claimed, active, completed, failed or interrupted; the last three are final.
    """

    state: str
    ok_ids: tuple[int, ...]
    failed_addresses: tuple[str, ...]

    @property
    def final(self) -> bool:
        return self.state in ("completed", "failed", "interrupted")


def split_by_size(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Portions that one import takes: at most 250 rows and 399,999 bytes as they travel."""
    portion: list[Row] = []
    room = MOST_BYTES - len(encode(_body([], exclude_automations=False)))
    left = room
    for row in rows:
        # False is the longer of both words, and every row but the first is preceded by a comma.
        size = len(encode(_body([row], exclude_automations=False)["contacts"][0])) + 1
        if portion and (size > left or len(portion) == MOST_ROWS):
            yield portion
            portion, left = [], room
        portion.append(row)
        left -= size
    if portion:
        yield portion


class Imports(Caller):
    """250 contacts in one call."""

    def bulk_import(self, rows: Sequence[Row], *, exclude_automations: bool = True, lane: Lane) -> str:
        """Queues one portion of `split_by_size`, and answers with the service's id of the batch.

        Raises BadBatch with the zero-based rows to blame: then nothing was imported. An UnknownOutcome may be repeated
        as far as data is concerned; automations would run twice unless they are excluded.
        """
        limits = (CALLS, SINGLE_IMPORTS if len(rows) == 1 else IMPORTS)
        body = _body(rows, exclude_automations=exclude_automations)
        answer = self.write(
            "POST", PATH, body, lane=lane, idempotent=exclude_automations, limits=limits, accept=(400, 422)
        )
        if not answer.ok:
            raise _blamed(answer) or self.refusal(answer, PATH, limits)
        batch = as_text(answer.data.get("batchId")) if isinstance(answer.data, dict) else ""
        if not batch:
            raise UnknownOutcome(
                "activecampaign: the answer does not name the batch",
                repeatable=exclude_automations,
                code="activecampaign.unknown_outcome",
                request_id=answer.request_id,
            )
        return batch

    def import_info(self, batch_id: str, *, lane: Lane) -> ImportInfo:
        """How far the batch is. In its first second the service answers `false`, which is waiting, too."""
        data = self.get("import/info", {"batchId": batch_id}, lane=lane)
        ok = data.get("success") if isinstance(data.get("success"), list) else []
        failed = data.get("failure") if isinstance(data.get("failure"), list) else []
        status = data.get("status")
        return ImportInfo(
            status if isinstance(status, str) and status else "waiting",
            tuple(as_int(one) for one in ok),
            tuple(as_text(one) for one in failed),
        )


def _body(rows: Sequence[Row], *, exclude_automations: bool) -> dict[str, Any]:
    """The reference puts the switch inside each contact, accounts in the field want it outside: so both."""
    contacts = [{**row, "exclude_automations": exclude_automations} for row in rows]
    return {"contacts": contacts, "exclude_automations": exclude_automations}


def _blamed(answer: Answer) -> BadBatch | None:
    """The rows that the service names; it counts from one, and refuses the whole batch."""
    reasons = answer.data.get("failureReasons") if isinstance(answer.data, dict) else None
    named = {
        as_int(reason.get("contact")) - 1: redact(_words(reason), 200)
        for reason in reasons or []
        if isinstance(reason, dict) and as_int(reason.get("contact")) > 0
    }
    if not named or as_flag(answer.data.get("success")):
        return None
    return BadBatch(
        "activecampaign: the import was refused because of single rows",
        rows=named,
        code="activecampaign.import_refused",
        status=answer.status,
        body=redact(answer.text),
        request_id=answer.request_id,
    )


def _words(reason: Json) -> str:
    return as_text(reason.get("failureReason")) or "refused without a reason"
