"""Web resources and their places on forms: what of them there is to make, to renew and to publish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from clients.dynamics import Dynamics
from clients.dynamics_forms import Form
from engine.companion.steps import LANE, ByHand, Part, Step
from engine.companion.surroundings import ON, Surroundings
from mapping import companion
from mapping import form_placement as forms
from panel import assemble
from sync.errors import Missing

BY_HAND: Final = (
    "Open the form {form} of the table {table} in Power Apps (make.powerapps.com), add a tab ActiveCampaign with one "
    "section and in it the HTML web resource ac365_/panel.html with the name ac365_panel; switch on 'Pass record "
    "object-type code and unique identifier as parameters' and leave 'Restrict cross-frame scripting' off. Add the "
    "library ac365_/form.js to the form, and the function ac365.onLoad of it to On Load with 'Pass execution "
    "context as first parameter'. Save and publish."
)
FIXED: Final = "the form can't be customized"
PUBLISHED: Final = "makes them visible, with whatever others have saved on these tables"


@dataclass(frozen=True, slots=True)
class Page:
    """A web resource of ours. kind: 1 a page, 3 a script."""

    name: str
    label: str
    kind: int
    content: str


def pages() -> tuple[Page, ...]:
    """Both, as this version of ac365 has them."""
    panel = Page(companion.PANEL, "ActiveCampaign panel", 1, assemble.page())
    return (panel, Page(companion.FORM_SCRIPT, "ActiveCampaign form script", 3, assemble.form_script()))


def steps(client: Dynamics, found: Surroundings, also: Sequence[str] = ()) -> Iterator[Step]:
    """In their order: resources, forms, then publishing once. also: further tables that have to be published."""
    planned = [*_resources(client, found), *_placements(client, found)]
    yield from planned
    tables = sorted({*also, *_unpublished_forms(found)})
    waiting = any(step.part is Part.RESOURCE for step in planned) or _unpublished_pages(found)
    names = [page.name for page in pages()] if waiting else []
    if tables or names:
        publish = partial(_publish, client, tables, names)
        told = ", ".join([*tables, *names])
        yield Step(Part.PUBLISHING, told, PUBLISHED, publish, lacks="has not taken place")


def left_to_people(found: Surroundings) -> Iterator[ByHand]:
    """Forms that a person has to change."""
    for form in found.forms:
        why = _obstacle(form)
        if why and not _complete(form.xml):
            yield ByHand(Part.FORM, f"{form.table}: {form.name}", why, instruction(form))


def instruction(form: Form) -> str:
    """What a person does to put the panel on this form."""
    return BY_HAND.format(form=form.name, table=form.table)


def _resources(client: Dynamics, found: Surroundings) -> Iterator[Step]:
    for page in pages():
        there = found.resources.get(page.name)
        if there is None:
            make = partial(
                client.make_resource, page.name, page.label, page.kind, page.content, companion.SOLUTION, lane=LANE
            )
            yield Step(Part.RESOURCE, page.name, "is made", make)
        elif there.content != page.content.encode():
            renew = partial(client.change_resource, there.id, page.content, lane=LANE)
            yield Step(Part.RESOURCE, page.name, "is renewed", renew, lacks="is not that of this version of ac365")


def _placements(client: Dynamics, found: Surroundings) -> Iterator[Step]:
    for form in found.forms:
        if not _complete(form.xml) and not _obstacle(form):
            put = partial(_put, client, form)
            yield Step(
                Part.FORM, f"{form.table}: {form.name}", "gets the panel", put, instruction(form), "has no panel"
            )


def _put(client: Dynamics, form: Form) -> None:
    """Whatever was saved on the form since we looked stays."""
    now = next((one for one in client.main_forms([form.table], lane=LANE) if one.id == form.id), None)
    if now is not None and not _complete(now.xml):
        client.change_form(form.id, forms.place(now.xml, form.id), lane=LANE)


def _complete(xml: str) -> bool:
    try:
        return forms.placement(xml).complete
    except ValueError:
        return False


def _obstacle(form: Form) -> str:
    if not form.customizable:
        return FIXED
    try:
        forms.place(form.xml, form.id)
    except ValueError as error:
        return str(error)
    return ""


def _unpublished_forms(found: Surroundings) -> Iterator[str]:
    """Tables with a form that gets the panel now, or got it and was not published."""
    for form in found.forms:
        if not _complete(form.published) and (_complete(form.xml) or not _obstacle(form)):
            yield form.table


def _unpublished_pages(found: Surroundings) -> bool:
    return any(one.content != one.published for one in found.resources.values())


def _publish(client: Dynamics, tables: Iterable[str], names: Sequence[str]) -> None:
    found = client.resources(names, lane=LANE) if names else {}
    if len(found) < len(names):
        raise Missing("the web resources are not known yet")
    client.publish(tables, [one.id for one in found.values()], lane=LANE)


def take_out_steps(client: Dynamics, found: Surroundings) -> Iterator[Step]:
    """The way back: our pieces leave the forms, which are published; then the resources go."""
    tables = sorted({form.table for form in found.forms if _any(form.xml) or _any(form.published)})
    for form in found.forms:
        if _any(form.xml):
            take = partial(_take, client, form)
            yield Step(Part.FORM, f"{form.table}: {form.name}", "loses the panel", take)
    if tables:
        publish = partial(client.publish, tables, lane=LANE)
        yield Step(Part.PUBLISHING, ", ".join(tables), PUBLISHED, publish)
    for one in found.resources.values():
        yield Step(Part.RESOURCE, one.name, "is deleted", partial(client.drop_resource, one.id, lane=LANE))


def _take(client: Dynamics, form: Form) -> None:
    now = next((one for one in client.main_forms(ON, lane=LANE) if one.id == form.id), None)
    if now is not None and _any(now.xml):
        client.change_form(form.id, forms.take_out(now.xml), lane=LANE)


def _any(xml: str) -> bool:
    try:
        return forms.placement(xml).any
    except ValueError:
        return False
