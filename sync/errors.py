"""The errors of the sync, grouped by what to do next.

SyncError
├── Again            try the same again later; nothing is wrong with the record
│   ├── Throttled      the service asked for a pause of `after_s` seconds
│   ├── Unavailable    no answer, or an answer that says nothing about the request (5xx, reset, time-out on a read)
│   └── UnknownOutcome a write whose effect is not known (time-out, 504, unreadable 2xx): read back, or repeat if safe
├── Overtaken        somebody else changed it meanwhile: read anew and decide again
├── BadRecord        this record can't be written as it is: dead letter
│   ├── Duplicate      a record with this key exists already
│   └── Missing        the record isn't there (any more)
├── BadBatch         a whole batch was refused; `rows` says which rows to blame, where the service told
├── Resync           the cursor is no longer valid: start a full, resumable resync
└── Stop             nothing can go on until a person acts; `advice` says what to do
    ├── BadCredentials
    ├── MissingPermission
    └── NotAvailable   the plan, the edition or a switch of the service withholds the feature
"""

from __future__ import annotations

from collections.abc import Mapping


class SyncError(Exception):
    """Base of all. The docstring of a class is its default advice; facts are keyword arguments.

    code: short stable name of the case, such as `dynamics.0x80040220`; status: HTTP status; body: redacted excerpt of
    the answer; request_id: the service's own id of the request.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        advice: str = "",
        status: int | None = None,
        body: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__
        self.advice = advice or (type(self).__doc__ or "").strip().splitlines()[0]
        self.status = status
        self.body = body
        self.request_id = request_id

    @property
    def group(self) -> str:
        """The class that stands on the failure list: again, overtaken, bad_record, bad_batch, resync or stop."""
        families = ((Again, "again"), (Overtaken, "overtaken"), (BadRecord, "bad_record"), (BadBatch, "bad_batch"))
        return next(
            (name for kind, name in families if isinstance(self, kind)), "stop" if isinstance(self, Stop) else "resync"
        )


class Again(SyncError):
    """It is tried again by itself; nothing to do."""


class Throttled(Again):
    """The service asked to slow down; the whole lane pauses and goes on by itself."""

    def __init__(self, message: str, *, after_s: float, **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]
        self.after_s = after_s


class Unavailable(Again):
    """The service did not answer properly; it is tried again by itself."""


class UnknownOutcome(Again):
    """A write may or may not have taken effect; it is checked or repeated safely by itself."""

    def __init__(self, message: str, *, repeatable: bool = False, **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]
        self.repeatable = repeatable


class Overtaken(SyncError):
    """The record changed meanwhile; it is read anew by itself."""


class BadRecord(SyncError):
    """Correct the record in its source, or the mapping, then retry it."""


class Duplicate(BadRecord):
    """A record with this key exists already; look at both and decide which one to keep."""


class Missing(BadRecord):
    """The record does not exist any more on that side."""


class BadBatch(SyncError):
    """The batch is split by itself until the bad rows are found."""

    def __init__(self, message: str, *, rows: Mapping[int, str] | None = None, **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]
        self.rows = dict(rows or {})


class Resync(SyncError):
    """The change token expired; a full resync starts by itself and writes only differences."""


class Stop(SyncError):
    """Nothing goes on until a person acts."""


class BadCredentials(Stop):
    """Check the credentials of this connection and save them again."""


class MissingPermission(Stop):
    """Grant the missing permission to the user that ac365 signs in as."""

    def __init__(self, message: str, *, privilege: str = "", **facts: object) -> None:
        super().__init__(message, **facts)  # type: ignore[arg-type]
        self.privilege = privilege


class NotAvailable(Stop):
    """The service does not offer this feature here; switch it off in ac365 or on in the service."""
