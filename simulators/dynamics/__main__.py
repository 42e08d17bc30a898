"""Starts the simulated Dynamics 365: `python -m simulators.dynamics --port 8081`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from simulators.common.server import Server
from simulators.common.tls import make_certificates, server_context
from simulators.dynamics.app import make
from simulators.dynamics.state import CLIENT_ID, SECRET, TENANT, Dynamics

Record = tuple[str, dict[str, Any]]


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m simulators.dynamics", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--tls", type=Path, metavar="DIR", help="serve https with the certificates of this folder")
    parser.add_argument("--name", action="append", default=[], help="a further host name for the certificate")
    parser.add_argument("--tenant", default=TENANT)
    parser.add_argument("--client-id", default=CLIENT_ID)
    parser.add_argument("--client-secret", default=SECRET)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="load the CSV files of this folder")
    parser.add_argument("--seed", type=int, help="generate records from this seed")
    for name in ("accounts", "contacts", "leads", "opportunities"):
        parser.add_argument(f"--{name}", type=int, default=0)
    return parser.parse_args()


def chosen_records(options: argparse.Namespace) -> Iterable[Record]:
    """The records to begin with. The generators are imported only when they are wanted."""
    if options.data:
        from simulators.data.load import records as loaded

        return loaded(options.data)
    if options.seed is not None:
        from simulators.data.generate import records as generated

        return generated(options.seed, options.accounts, options.contacts, options.leads, options.opportunities)
    return []


def fill(state: Dynamics, records: Iterable[Record]) -> Iterator[tuple[str, int]]:
    """Loads records, which come table by table, and tells how many each run of them had."""
    for table, run in groupby(records, key=itemgetter(0)):
        yield table, state.load(table, (row for _, row in run))


def main() -> None:
    """Fills the environment and serves it until interrupted."""
    options = arguments()
    state = Dynamics(options.tenant, options.client_id, options.client_secret)
    for table, count in fill(state, chosen_records(options)):
        print(f"{table}: {count} rows", flush=True)
    tls = None
    if options.tls:
        print(f"certificate authority: {make_certificates(options.tls, *options.name)}", flush=True)
        tls = server_context(options.tls)
    server = Server(make(state), options.host, options.port, tls)
    print(f"Dynamics 365 listens on {server.url}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    finally:
        state.close()


if __name__ == "__main__":
    main()
