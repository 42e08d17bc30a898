"""A thousand changes cost a handful of requests in either direction."""

from __future__ import annotations

from support.story import Story

from simulators.activecampaign.ops import edits
from sync.model import Entity

MANY = 1000


def test_a_thousand_changes_take_eleven_reads_and_four_writes(story: Story) -> None:
    story.configure(contact={"direction": "both"}, guards={"changes": 1})
    story.crowd(MANY)
    story.sync(Entity.CONTACT)
    for number in range(1, MANY + 1):
        wish = {"contact": f"person{number}@example.com", "fields": {"JOB_TITLE": f"Clerk {number}"}}
        edits.edit(story.ac, wish)
    story.forget_requests()
    assert story.sync(Entity.CONTACT)["contact inbound"] == {"updated": MANY}
    ac, crm = story.ac.stats.as_json(), story.crm.stats.as_json()
    assert sum(number for route, number in ac["routes"].items() if route.startswith("GET")) <= 11, ac["routes"]
    assert ac["write_requests"] == 0
    assert crm["write_requests"] <= 5, crm["routes"]
    assert {story.row("contact", one)["jobtitle"] for one in story.ids} == {f"Clerk {n}" for n in range(1, MANY + 1)}
