"""What an administrator chose for one entity, as the decisions need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sync.merge import Policy

BOTH: Final = "both"
OUTBOUND: Final = "outbound"
INBOUND: Final = "inbound"
MIRROR: Final = "mirror"
KEEP: Final = "keep"


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of one entity. Fields that aren't named travel as `direction` says and mirror empty values.

    direction, directions: outbound, inbound or both, for the entity and by field; policy, policies: who wins when both
    sides changed; on_empty: `keep` or `mirror`, what an empty Dynamics value does, on_empty_inbound: what an empty one
    of ActiveCampaign does (decision Q25); on_deleted: tag, unsubscribe or nothing; on_removed: nothing, recreate or
    deactivate; create: whether records may be created in Dynamics; consent: whether opt-outs travel; tags: what marks
    records out of scope, qualified and disqualified leads, "" for no mark.
    """

    direction: str = OUTBOUND
    directions: Mapping[str, str] = field(default_factory=dict)
    account_direction: str = OUTBOUND
    policy: str = Policy.DYNAMICS_WINS
    policies: Mapping[str, str] = field(default_factory=dict)
    on_empty: Mapping[str, str] = field(default_factory=dict)
    on_empty_inbound: Mapping[str, str] = field(default_factory=dict)
    on_deleted: str = "tag"
    on_removed: str = "nothing"
    create: bool = True
    consent: bool = True
    tag_out_of_scope: str = ""
    tag_qualified: bool = False
    tag_disqualified: bool = False

    def goes_out(self, key: str) -> bool:
        """Whether this field may be written to ActiveCampaign."""
        return self.directions.get(key, self.direction) != INBOUND

    def comes_in(self, key: str) -> bool:
        """Whether this field may be written to Dynamics."""
        return self.directions.get(key, self.direction) != OUTBOUND

    def keeps(self, key: str) -> bool:
        """Whether an empty value of ActiveCampaign leaves Dynamics alone."""
        return self.on_empty_inbound.get(key, KEEP) == KEEP
