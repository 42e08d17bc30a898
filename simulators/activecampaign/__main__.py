"""Serves a fresh account in the foreground: `python -m simulators.activecampaign --port 8082`."""

from __future__ import annotations

import argparse
from pathlib import Path

from simulators.activecampaign.app import make
from simulators.activecampaign.state import ActiveCampaign
from simulators.common.server import Server
from simulators.common.tls import make_certificates, server_context


def arguments() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(prog="simulators.activecampaign", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--tls", type=Path, metavar="DIR", help="serve https; certificates are made here if missing")
    parser.add_argument("--key", default="simulated-key", help="API key of the administrator")
    parser.add_argument("--calls-per-second", type=float, default=5, help="0 lifts the limit")
    return parser


def main(given: list[str] | None = None) -> None:
    """Serves until interrupted."""
    options = arguments().parse_args(given)
    if options.tls:
        make_certificates(options.tls)
    context = server_context(options.tls) if options.tls else None
    state = ActiveCampaign(key=options.key, calls_per_second=options.calls_per_second or None)
    server = Server(make(state), options.host, options.port, context)
    print(f"ActiveCampaign simulator on {server.url}, key {options.key}", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
