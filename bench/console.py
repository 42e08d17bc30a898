"""How quickly every page and every address of the console's API answers over a store of full size.

PostgreSQL makes the records and the history itself, see `bench.crowd`; the console is the process that people use, and
both simulated services stand behind it. What asks a service for its answer is marked: there the services' time counts.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import md5
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import requests
from werkzeug.routing import Rule
from werkzeug.security import generate_password_hash

from bench import crowd
from bench.ground import Ground, ground
from cli.up import CONSOLE
from console.access.roles import needed
from console.app import make
from store import users

BUDGET_MS = 300.0
PASSWORD = "a long word for measurements"  # noqa: S105
RECORD = str(UUID(md5(b"71").hexdigest()))  # noqa: S324
"""A contact that `bench.crowd` makes."""
SAMPLES: dict[str, str] = {"entity": "contact", "record_id": RECORD, "filename": "ac365.css"}
"""What stands for the changing parts of an address; 1 for all others."""
WORDS: dict[str, list[dict[str, str]]] = {
    "records.search": [{"search": "person.71"}, {"search": RECORD}, {"search": "company 1"}, {"search": "71"}],
    "records.address": [{"address": "person.71@contoso.example"}],
    "api_records.search": [{"search": "person.71"}],
    "api_records.address": [{"address": "person.71@contoso.example"}],
    "api_records.show": [{"ask": "false"}, {}],
    "records.show": [{}, {"ask": "1"}],
}
"""Words of the address that an endpoint is asked with, one set after the other."""
ASKING = re.compile(r"^(records\.show\?ask|(api_)?records\.address|api_records\.show$|checklist\.look|api_setup\.look)")


def addresses(place: Ground) -> Iterator[tuple[str, str]]:
    """Name and path of everything that an administrator can look at."""
    app = make(place.services, lambda _: None)
    with app.app_context():
        rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and needed(rule.endpoint)]
    for rule in sorted(rules, key=lambda one: one.endpoint):
        for words in WORDS.get(rule.endpoint, [{}]):
            said = f"?{urlencode(words)}" if words else ""
            yield rule.endpoint + said, _path(rule, place.connection_id) + said


def _path(rule: Rule, connection_id: int) -> str:
    values = {**SAMPLES, "connection_id": str(connection_id)}
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: values.get(found[1], "1"), rule.rule)


def measure(browser: requests.Session, url: str, times: int) -> dict[str, Any]:
    """Milliseconds of one address: the median and the 95th percentile, and what it answered with."""
    spent, status = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        status = browser.get(url, allow_redirects=False, timeout=60).status_code
        spent.append((time.perf_counter() - begun) * 1000)
    p95 = statistics.quantiles(spent, n=20)[-1]
    return {"status": status, "p50_ms": round(statistics.median(spent), 1), "p95_ms": round(p95, 1)}


def sign_in(place: Ground, home: str) -> requests.Session:
    """An administrator's browser."""
    with place.services.db.transaction() as tx:
        hashed = generate_password_hash(PASSWORD)
        users.add(tx, "anna", "Anna", "administrator", "bench", password_hash=hashed)
    browser = requests.Session()
    for _ in range(100):
        try:
            text = browser.get(f"{home}/sign-in", timeout=5).text
            break
        except requests.ConnectionError:
            time.sleep(0.2)
    found = re.search(r'name="csrf-token" content="([^"]+)"', text)
    assert found, text  # noqa: S101
    form = {"csrf_token": found[1], "login": "anna", "password": PASSWORD}
    browser.post(f"{home}/sign-in", form, timeout=5).raise_for_status()
    return browser


def tell(name: str, found: dict[str, Any]) -> None:
    """One line of the table."""
    late = "" if found["p95_ms"] <= BUDGET_MS else "  asks the services" if found["asks"] else "  LATE"
    line = f"{name:<60}{found['status']:>5}{found['p50_ms']:>10}{found['p95_ms']:>10}{late}"
    sys.stderr.write(f"{line}\n")


def main() -> None:
    """Builds the store, measures, prints a line for every address and one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.console", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--outcomes", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=40, help="How often each address is asked for.")
    options = parser.parse_args()
    with ground(["--seed", "1", "--contacts", "10"], workers=-1, beat=False) as place:
        # The first context has both services say what they have.
        place.services.context(place.connection_id)
        begun = time.monotonic()
        sizes = {"records": options.records, "history": options.outcomes}
        crowd.fill(place.services.db, place.connection_id, datetime.now(UTC), **sizes)
        built_s = round(time.monotonic() - begun)
        place.stack.add("console", CONSOLE)
        home = place.services.settings.console
        browser = sign_in(place, home)
        pages: dict[str, Any] = {}
        for name, path in addresses(place):
            pages[name] = {**measure(browser, home + path, options.times), "asks": bool(ASKING.search(name))}
            tell(name, pages[name])
    late = [name for name, one in pages.items() if one["p95_ms"] > BUDGET_MS and not one["asks"]]
    print(json.dumps({**sizes, "built_s": built_s, "budget_ms": BUDGET_MS, "late": late, "pages": pages}, indent=2))


if __name__ == "__main__":
    main()
