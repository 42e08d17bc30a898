"""Both simulators as processes of a stack, over TLS with a certificate authority made for this run."""

from __future__ import annotations

import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from cli.errors import CannotRun
from cli.stack import Stack

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
SECRET = "simulated-secret"  # noqa: S105  It opens a simulator on this machine and nothing else.
KEY = "simulated-key"
READY_WITHIN_S = 90.0


class Simulators:
    """Started and answering when this is made. data: words for the Dynamics simulator that say what it holds."""

    def __init__(self, stack: Stack, folder: Path, data: list[str]) -> None:
        try:
            from simulators.common.tls import make_certificates
        except ImportError as error:
            raise CannotRun(
                "the simulators are not installed", "Install them with `pip install 'ac365[simulators]'`."
            ) from error
        self._ca = make_certificates(folder)
        self.dynamics = _start(stack, "dynamics", folder, data)
        self.activecampaign = _start(stack, "activecampaign", folder, [])
        for url in (self.dynamics, self.activecampaign):
            _await(url, self._ca)

    def environment(self) -> dict[str, str]:
        """The settings that connect ac365 to these simulators."""
        return {
            "REQUESTS_CA_BUNDLE": str(self._ca),
            "DYNAMICS_URL": self.dynamics,
            "DYNAMICS_TENANT_ID": TENANT,
            "DYNAMICS_CLIENT_ID": CLIENT,
            "DYNAMICS_CLIENT_SECRET": SECRET,
            "DYNAMICS_AUTHORITY": f"{self.dynamics}/{TENANT}",
            "ACTIVECAMPAIGN_URL": self.activecampaign,
            "ACTIVECAMPAIGN_API_KEY": KEY,
        }


def _start(stack: Stack, name: str, folder: Path, words: list[str]) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stack.add(name, [sys.executable, "-m", f"simulators.{name}", "--port", str(port), "--tls", str(folder), *words])
    return f"https://localhost:{port}"


def _await(url: str, ca: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(ca))
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_sim/health", timeout=5, context=trusted):  # noqa: S310
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                raise CannotRun(f"the simulator at {url} does not answer ({error})", "Look into its log.") from error
            time.sleep(0.2)
