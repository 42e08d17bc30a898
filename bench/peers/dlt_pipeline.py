"""The same with dlt: its REST source reads Dynamics, a custom destination sends batches to ActiveCampaign.

Both are written as dlt's documentation shows them (dlthub.com/docs, pages rest_api and destinations/destination), with
batches as large as a bulk import takes, one after the other, and its HTTP helper, which repeats what fails. It keeps
its state in a folder, so that a second run reads only what was modified since.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from typing import Any

import dlt
from dlt.sources.helpers import requests
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from dlt.sources.rest_api import rest_api_source

COLUMNS = ("contactid", "emailaddress1", "firstname", "lastname", "telephone1", "modifiedon")
BATCH = 250


@dlt.destination(batch_size=BATCH, loader_parallelism_strategy="sequential", name="activecampaign")
def bulk_import(items: list[dict[str, Any]], table: Any) -> None:  # noqa: ARG001  dlt's signature
    """One import of up to 250 contacts. Raises when it is refused, so that dlt runs the job again."""
    people = [
        {"email": one.get("emailaddress1") or "", "first_name": one.get("firstname") or "",
         "last_name": one.get("lastname") or "", "phone": one.get("telephone1") or ""}
        for one in items
    ]  # fmt: skip
    answer = requests.post(
        f"{os.environ['ACTIVECAMPAIGN_URL']}/api/3/import/bulk_import",
        headers={"Api-Token": os.environ["ACTIVECAMPAIGN_API_KEY"]},
        json={"contacts": people},
    )
    answer.raise_for_status()


def source() -> Any:
    """The contacts of Dynamics, incrementally by their date of modification."""
    auth = OAuth2ClientCredentials(
        access_token_url=f"{os.environ['DYNAMICS_AUTHORITY']}/oauth2/v2.0/token",
        client_id=os.environ["DYNAMICS_CLIENT_ID"],
        client_secret=os.environ["DYNAMICS_CLIENT_SECRET"],
        access_token_request_data={"scope": f"{os.environ['DYNAMICS_URL']}/.default"},
    )
    since = {"cursor_path": "modifiedon", "initial_value": "1900-01-01T00:00:00Z"}
    params = {"$select": ",".join(COLUMNS), "$filter": "modifiedon ge {incremental.start_value}"}
    endpoint = {
        "path": "contacts", "params": params, "incremental": since, "data_selector": "value",
        "paginator": {"type": "json_link", "next_url_path": "['@odata.nextLink']"},
    }  # fmt: skip
    client = {
        "base_url": f"{os.environ['DYNAMICS_URL']}/api/data/v9.2/",
        "auth": auth,
        "headers": {"Prefer": "odata.maxpagesize=1000"},
    }
    resource = {"name": "contacts", "primary_key": "contactid", "endpoint": endpoint}
    return rest_api_source({"client": client, "resources": [resource]})  # type: ignore[typeddict-item]


def main() -> None:
    """Runs the pipeline once and prints how long it took as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.dlt_pipeline", description=__doc__)
    parser.add_argument("--state", required=True, help="the folder of its state")
    pipeline = dlt.pipeline("contacts", destination=bulk_import(), pipelines_dir=parser.parse_args().state)
    begun = time.monotonic()
    pipeline.run(source())
    print(json.dumps({"seconds": round(time.monotonic() - begun, 1)}))


if __name__ == "__main__":
    main()
