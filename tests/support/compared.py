"""What a comparison of a story says, in a few words."""

from __future__ import annotations

from typing import Any

from support.story import Story

from engine import verify
from engine.verify_report import Report


def compared(story: Story, **how: Any) -> Report:
    """The full comparison, whether both sides agree or not."""
    return verify.compare(story.context, **how)


def told(report: Report) -> dict[str | int | None, dict[str, str | None]]:
    """Reasons by field, "" for the whole record and None where there is none, by record or ActiveCampaign's id."""
    return {
        one.record_id or one.ac_id: {name: one.reasons.get(name) for name in one.fields or ("",)}
        for one in report.differences
    }


def repaired(story: Story) -> dict[str, int]:
    """A repair carried through: what it queued. Afterwards both sides agree."""
    report = compared(story, repair=True)
    story.pump.run(report.wakes)
    story.sweep()
    assert report.queued is not None
    return dict(report.queued)
