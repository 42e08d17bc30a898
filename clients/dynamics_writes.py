"""Writing single records to Dataverse, so that nothing is written twice and nothing newer is overwritten.

Source: learn.microsoft.com/power-apps/developer/data-platform, pages webapi/create-entity-web-api (an id chosen by the
client goes into the body), webapi/update-delete-entities-using-web-api, webapi/perform-conditional-operations-using-
web-api (without If-Match a PATCH creates what is missing) and webapi/manage-duplicate-detection-create-update.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clients.answer import Answer
from clients.dynamics_pages import version_of
from clients.dynamics_reader import API, ODATA
from clients.dynamics_records import Records
from clients.tables import BY_SET, FACTS
from sync.errors import BadRecord, Duplicate, Missing, SyncError
from sync.model import Entity, Lane

Body = Mapping[str, Any]

# The customer's rules against duplicates hold for us as well; left out, the service would not apply them.
DETECTING = {"MSCRM.SuppressDuplicateDetection": "false"}
# The answer holds the row, which is how the version of an own write is learnt.
ANSWERING = {"Prefer": "return=representation"}
WRITING = {**ODATA, **DETECTING, **ANSWERING}
IDENTITY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GONE = "The mapping ties this record to one that Dynamics does not have any more. It is read anew at the next retry."
INACTIVE: Body = {"statecode": 1, "statuscode": 2}


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind: the record's version, 0 when the service did not name it.

    found: an earlier attempt had made the record already; nothing was written now, and it may hold older values.
    """

    version: int = 0
    found: bool = False


class Writes(Records):
    """Creating and changing one record at a time."""

    def create_record(self, entity_set: str, key: str, record_id: str, body: Body, *, lane: Lane) -> Written:
        """Makes the record under an id that we chose, so that repeating it is safe: then it is found.

        Raises Duplicate when another record stands in the way, BadRecord, MissingPermission, UnknownOutcome.
        """
        try:
            answer = self._sent("POST", entity_set, record_id, {**body, key: record_id}, key, {}, lane)
        except Duplicate:
            # Whichever rule speaks up first, our own record from an earlier attempt may be what it hit upon.
            known = self.row(entity_set, record_id, (key,), lane=lane)
            if known is None:
                raise
            return Written(version_of(known), found=True)
        return written(answer)

    def update_record(
        self, entity_set: str, key: str, record_id: str, body: Body, *, version: int | None, lane: Lane
    ) -> Written:
        """Changes the columns in `body`, if the record still has this version; None or 0 overwrites any version.

        Raises Overtaken when it has another one, Missing when it is gone, Duplicate, BadRecord, MissingPermission,
        UnknownOutcome. An equal value counts as a change in Dynamics, so `body` wants nothing but differences.
        """
        path, condition = f"{entity_set}({record_id})", {"If-Match": matching(version)}
        return written(self._sent("PATCH", path, record_id, body, key, condition, lane))

    def upsert_record(self, entity_set: str, key: str, record_id: str, body: Body, *, lane: Lane) -> Written:
        """Changes the columns in `body`, and makes the record under this id where there is none, whatever its version.

        Raises Duplicate when another record has the same alternate key, BadRecord, MissingPermission, UnknownOutcome.
        """
        return written(self._sent("PATCH", f"{entity_set}({record_id})", record_id, body, key, {}, lane))

    def deactivate(self, entity_set: str, record_id: str, *, lane: Lane) -> Written:
        """Sets a contact or an account inactive, with its usual reason. Raises as `update_record`."""
        if entity_set not in (FACTS[Entity.ACCOUNT].entity_set, FACTS[Entity.CONTACT].entity_set):
            raise ValueError(f"{entity_set} have other states than active and inactive")
        return self.update_record(entity_set, BY_SET[entity_set].key, record_id, INACTIVE, version=None, lane=lane)

    def _sent(
        self, method: str, path: str, record_id: str, body: Body, key: str, headers: Mapping[str, str], lane: Lane
    ) -> Answer:
        try:
            return self.door.send(
                method,
                f"{API}/{path}",
                params={"$select": key},
                json=body,
                headers={**WRITING, **headers},
                lane=lane,
                write=True,
                idempotent=True,
            )
        except Missing as error:
            told = about(record_id, error)
            if told is error:
                raise
            raise told from error


def matching(version: int | None) -> str:
    """The header If-Match. It always goes along: without it a change would revive a deleted record, empty."""
    return f'W/"{version}"' if version else "*"


def written(answer: Answer) -> Written:
    """What a successful answer says about the record."""
    row = answer.data if isinstance(answer.data, dict) else {}
    return Written(version_of(row) or version_of({"@odata.etag": answer.headers.get("ETag")}))


def about(record_id: str, error: SyncError) -> SyncError:
    """`error`, unless it says that another record is missing: one that the body ties this record to."""
    named = IDENTITY.findall(error.body.lower())
    if not isinstance(error, Missing) or not named or record_id.lower() in named:
        return error
    return BadRecord(
        error.message,
        code="dynamics.missing_lookup",
        advice=GONE,
        status=error.status,
        body=error.body,
        request_id=error.request_id,
    )
