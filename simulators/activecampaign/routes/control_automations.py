"""Control routes under /_sim for automations that a person builds, and for what their triggers heard of."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from simulators.activecampaign.model.table import Row, as_id
from simulators.activecampaign.ops import builder
from simulators.activecampaign.routes.api import Api, here
from simulators.common.app import CONTROL

api = Api("control_automations", __name__, url_prefix=CONTROL)


@api.post("/automations")
def build() -> ResponseReturnValue:
    """An automation, or with `id` a change of one; see `ops.builder.build`."""
    try:
        return {"id": builder.build(here(), request.get_json(force=True))["id"]}
    except LookupError as error:
        return jsonify(error=f"unknown {error}"), 404


@api.get("/object_events")
def object_events() -> Row:
    """What happened to records of custom objects after event `since`, oldest first, and the `last` number."""
    events, since = here().object_events, as_id(request.args.get("since"))
    return {"last": events.last, "events": [row for row in events if row["id"] > since]}
