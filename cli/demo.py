"""`ac365 demo`: both services simulated, the whole stack on embedded servers, a first sync, and the proof."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path

from cli.stack import Stack
from worker.settings import Settings

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
READY_WITHIN_S = 60.0


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Simulators:
    """Both simulators as processes of the stack, over TLS with a certificate authority made for this run."""

    def __init__(self, stack: Stack, folder: Path, data: list[str]) -> None:
        from simulators.common.tls import make_certificates

        self.ca = make_certificates(folder)
        self.dynamics = f"https://localhost:{self._start(stack, 'dynamics', folder, data)}"
        self.activecampaign = f"https://localhost:{self._start(stack, 'activecampaign', folder, [])}"

    @staticmethod
    def _start(stack: Stack, name: str, folder: Path, words: list[str]) -> int:
        port = free_port()
        stack.add(name, [sys.executable, "-m", f"simulators.{name}", "--port", str(port), "--tls", str(folder), *words])
        return port

    def settings(self, settings: Settings) -> Settings:
        """The settings that connect to these simulators."""
        return replace(
            settings,
            dynamics_url=self.dynamics,
            dynamics_tenant_id=TENANT,
            dynamics_client_id=CLIENT,
            dynamics_client_secret="simulated-secret",
            dynamics_authority=f"{self.dynamics}/{TENANT}",
            activecampaign_url=self.activecampaign,
            activecampaign_api_key="simulated-key",
        )
