"""Fields that many schemas of the API have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

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


class Document(fields.Dict):
    """A configuration document, or a part of one. What is nested beyond all use is refused before anybody walks it."""

    def __init__(self, **words: Any) -> None:
        super().__init__(keys=fields.String(), **words)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **words: Any) -> dict[Any, Any]:
        if not shallow(value):
            raise ValidationError("It is nested too deeply.")
        return dict(super()._deserialize(value, attr, data, **words))


DEEPEST: Final = 64


def shallow(value: Any) -> bool:
    """Whether a JSON value is nested no deeper than anything of use is."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return True
    return False


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
