"""The script that most people begin with: every contact of Dynamics, one `contact/sync` each, five a second.

It does what the pages of both services show: pages by `@odata.nextLink`, waits between two calls, honours Retry-After.
Settings come from the environment, as those of ac365. `--since` takes only what changed after a moment.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from typing import Any

import requests

EVERY_S = 0.21
FIELDS = {"emailaddress1": "email", "firstname": "firstName", "lastname": "lastName", "telephone1": "phone"}


def token() -> str:
    """An access token by client credentials."""
    url = f"{os.environ['DYNAMICS_AUTHORITY']}/oauth2/v2.0/token"
    answer = requests.post(url, timeout=60, data={
        "grant_type": "client_credentials", "client_id": os.environ["DYNAMICS_CLIENT_ID"],
        "client_secret": os.environ["DYNAMICS_CLIENT_SECRET"], "scope": f"{os.environ['DYNAMICS_URL']}/.default",
    })  # fmt: skip
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def contacts(since: str) -> Iterator[dict[str, Any]]:
    """All contacts, or those modified since then."""
    url = f"{os.environ['DYNAMICS_URL']}/api/data/v9.2/contacts?$select={','.join(FIELDS)}"
    url += f"&$filter=modifiedon ge {since}" if since else ""
    headers = {"Authorization": f"Bearer {token()}", "Prefer": "odata.maxpagesize=1000"}
    while url:
        answer = requests.get(url, headers=headers, timeout=60)
        answer.raise_for_status()
        page = answer.json()
        yield from page["value"]
        url = page.get("@odata.nextLink", "")


def main() -> None:
    """Sends them all and prints what became of it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.plain", description=__doc__)
    parser.add_argument("--since", default="", help="UTC, such as 2026-01-05T10:11:12Z")
    since = parser.parse_args().since
    session, sent, failed, begun = requests.Session(), 0, 0, time.monotonic()
    session.headers["Api-Token"] = os.environ["ACTIVECAMPAIGN_API_KEY"]
    url = f"{os.environ['ACTIVECAMPAIGN_URL']}/api/3/contact/sync"
    for row in contacts(since):
        body = {"contact": {name: row[column] or "" for column, name in FIELDS.items()}}
        started = time.monotonic()
        answer = session.post(url, json=body, timeout=60)
        while answer.status_code == requests.codes.too_many:
            time.sleep(int(answer.headers.get("Retry-After", 1)))
            answer = session.post(url, json=body, timeout=60)
        sent, failed = sent + answer.ok, failed + (not answer.ok)
        time.sleep(max(0.0, EVERY_S - (time.monotonic() - started)))
    print(json.dumps({"sent": sent, "failed": failed, "seconds": round(time.monotonic() - begun, 1)}))


if __name__ == "__main__":
    main()
