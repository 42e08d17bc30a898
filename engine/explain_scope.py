"""Why a record is or is not to be delivered: rule by rule, who speaks for its address, and what a sync would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from engine import browse
from engine.associations import Targets, within_reach
from engine.context import Context
from engine.explain_sides import Sides
from engine.transform import PASSED_BY
from store import links, records, watermarks
from store.links import Rival
from sync import decide
from sync.model import PEOPLE, Change, Decision, Direction, Entity, Link, Outcome, RecordState

RecordKey: TypeAlias = tuple[Entity, str]
Changes: TypeAlias = Mapping[RecordKey, Change | None]
"""Records as they are in Dynamics; None where it could not be asked."""

ANYBODY: Final = "every record"
TO_BE_MADE: Final = "is to be made in Dynamics first"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. rule: entity, exists, criteria, active, address or survivor, of an opportunity picked instead of
    criteria where that counts; ok: None when nobody can tell."""

    rule: str
    ok: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Around:
    """Everything about one address. rival: the link of its contact; speaker: who stands, or would stand, for it."""

    address: str | None = None
    changes: Changes = field(default_factory=dict)
    rival: Rival | None = None
    speaker: RecordKey | None = None

    @property
    def link(self) -> Link | None:
        """The link of the contact at this address."""
        return self.rival.link if self.rival else None


def around(sides: Sides, address: str) -> Around:
    """Looks for the records of an address, those that had it when they were last read included."""
    context = sides.context
    with context.db.transaction() as tx:
        known = [(Entity(row["entity"]), row["record_id"]) for row in records.of_address(tx, context.id, address)]
        rival = next(iter(links.at_addresses(tx, context.id, [address])), None)
        started = [e for e in PEOPLE if any(watermarks.get(tx, context.id, e, one) for one in Direction)]
    if rival:
        known.append((rival.link.entity, rival.link.record_id))
    changes = {key: change for entity in PEOPLE for key, change in _of_table(sides, entity, address, known).items()}
    running = {e for e in started or PEOPLE if context.rules[e].settings["enabled"]}
    return Around(address, changes, rival, _speaker(address, changes, rival, running))


def _of_table(sides: Sides, entity: Entity, address: str, known: Sequence[RecordKey]) -> dict[RecordKey, Change | None]:
    # Of a table that is switched off ac365 may have no right to know anything.
    quiet = not sides.context.rules[entity].settings["enabled"]
    mine = list(dict.fromkeys(record_id for one, record_id in known if one is entity))
    found = sides.at_address(entity, address, quiet=quiet)
    rest = [record_id for record_id in mine if record_id not in (found or {})]
    others = sides.read(entity, rest, quiet=quiet) if rest else {}
    return {
        **{(entity, record_id): (others or {}).get(record_id) for record_id in rest},
        **{(entity, record_id): change for record_id, change in (found or {}).items()},
    }


def _speaker(address: str, changes: Changes, rival: Rival | None, running: set[Entity]) -> RecordKey | None:
    """Who stands for the address by the survivor rule, among the records that a sync would look at."""
    holder = (rival.link.entity, rival.link.record_id) if rival else None
    ranks: dict[RecordKey, browse.Rank] = {}
    for key, change in changes.items():
        if change is None or key[0] not in running:
            # Nobody would read it, so it counts for what is known of it: it holds the contact, or it does not.
            if key == holder and rival and rival.competes:
                ranks[key] = browse.rank(Change(*key, 0, modified_on=rival.link.modified_on))
        elif change.address == address and not browse.hindrance(change, person=True) and not change.fault:
            ranks[key] = browse.rank(change)
    return max(ranks, key=lambda key: ranks[key], default=holder)


def is_to_be_made(link: Link | None) -> bool:
    """Whether a link was only provided, for a record that ActiveCampaign asks for and that isn't there yet."""
    return link is not None and link.origin == "pulled" and not link.delivered


def opted_out(change: Change, near: Around) -> bool:
    """Whether a person opted out in Dynamics: whoever shares an address is one person (guarantee G7)."""
    others = (other for other in near.changes.values() if other is not None and other.address == change.address)
    return change.opted_out or any(other.do_not_bulk or other.do_not_email for other in others)


def checks(context: Context, change: Change, own: Link | None, near: Around) -> list[Check]:
    """Every rule that a record has to pass, in the order in which they are told. own: its link."""
    found = first_checks(context, change, own)
    if change.deleted or change.fault:
        return found
    found.append(criteria(context.rules[change.entity].fault, change))
    found.append(Check("active", change.active, "is active" if change.active else decide.INACTIVE))
    if change.entity in PEOPLE:
        address = "has an e-mail address" if change.address else decide.NO_ADDRESS
        found.append(Check("address", change.address is not None, address))
        found += [_survivor(change, near)] if change.address else []
    return found


def first_checks(context: Context, change: Change, own: Link | None) -> list[Check]:
    """The rules that don't look at what the record holds: its entity is on, it exists, it can be read."""
    on = bool(context.rules[change.entity].settings["enabled"])
    gone = "is not in Dynamics yet" if is_to_be_made(own) else "is not in Dynamics (any more)"
    return [
        Check("entity", on, f"{change.entity} is switched {'on' if on else 'off'} in the configuration"),
        Check("exists", not change.deleted, gone if change.deleted else "is in Dynamics"),
        *([Check("readable", False, change.fault)] if change.fault else []),
    ]


def criteria(fault: str, change: Change) -> Check:
    """Whether the criteria let a record travel; without any, every record does. fault: why nobody can tell."""
    if fault:
        return Check("criteria", None, f"the criteria can't be evaluated: {fault}")
    return Check("criteria", change.in_scope, change.scope_reason or ANYBODY)


def _survivor(change: Change, near: Around) -> Check:
    if near.speaker in (None, (change.entity, change.record_id)):
        return Check("survivor", True, "speaks for its address")
    entity, record_id = near.speaker or (change.entity, "")
    return Check("survivor", False, f"shadowed by {entity} {record_id}")


def decision(
    context: Context, change: Change, own: Link | None, near: Around, targets: Targets, stored: Mapping[str, Any] | None
) -> Decision:
    """What a sync would do with the record, taken as a cycle takes it."""
    if early := beforehand(context, change, own, stored):
        return early
    me = (change.entity, change.record_id)
    return decide.decide(
        within_reach(change, targets),
        own or (_taken_over(near.link, me) if near.speaker == me else None),
        holder=near.speaker,
        terms=context.rules[change.entity].terms,
    )


def beforehand(context: Context, change: Change, own: Link | None, stored: Mapping[str, Any] | None) -> Decision | None:
    """What is decided whatever the record holds; None when its values have to be looked at. stored: its record row."""
    rules = context.rules[change.entity]
    if not rules.settings["enabled"]:
        return Decision(Outcome.SKIPPED, f"{change.entity} is switched off")
    if rules.fault and not change.deleted:
        return Decision(Outcome.WAITING, "nothing of this entity travels until its criteria are corrected")
    if change.deleted and is_to_be_made(own):
        return Decision(Outcome.SKIPPED, TO_BE_MADE)
    if change.deleted and stored and stored["state"] == RecordState.DELETED:
        return Decision(Outcome.UNCHANGED, stored["reason"])
    passed = stored is not None and stored["reason"] == PASSED_BY and change.version <= stored["version"]
    if passed and not (own and own.delivered):
        return Decision(Outcome.SKIPPED, PASSED_BY)
    return None


def _taken_over(link: Link | None, by: RecordKey) -> Link | None:
    """The contact's link as it is once this record holds it; see `store.links.hold`."""
    return replace(link, entity=by[0], record_id=by[1], agreed_version=0) if link else None
