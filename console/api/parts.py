"""Fields that many schemas of the API have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validate

from sync.model import ORDER, Direction


class At(fields.AwareDateTime):
    """A moment, UTC ISO with seconds and Z."""

    def __init__(self, **words: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **words)

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


class Text(fields.String):
    """Words of one line, which the database can keep."""

    def __init__(self, *, most: int = 200, least: int = 1, **words: Any) -> None:
        plain = validate.Regexp(r"^[^\x00-\x1f\x7f\ud800-\udfff]*\Z", error="Leave out control characters.")
        super().__init__(validate=[validate.Length(min=least, max=most), plain], **words)


class EntityName(fields.String):
    """account, contact, lead or opportunity."""

    def __init__(self, **words: Any) -> None:
        super().__init__(validate=validate.OneOf([entity.value for entity in ORDER]), **words)


class Way(fields.String):
    """outbound, to ActiveCampaign; or inbound, to Dynamics."""

    def __init__(self, **words: Any) -> None:
        super().__init__(validate=validate.OneOf([way.value for way in Direction]), **words)
