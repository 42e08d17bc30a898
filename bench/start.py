"""How long `ac365 up` takes until it works: embedded servers, both workers ready, and the console answers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from bench.ground import SERVERS, free_port

WITHIN_S = 120.0
WORKERS, READY = ("worker", "worker-live"), " ready."
PORTS = ("AC365_FLOWER_PORT", "AC365_WEBHOOKS_PORT", "AC365_CONSOLE_PORT")


def main() -> None:
    """Starts it in a new folder, then once more in the same one."""
    home = Path(tempfile.mkdtemp(prefix="ac365-"))
    try:
        print(json.dumps({"first_s": measure(home), "again_s": measure(home)}))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measure(home: Path) -> float:
    """Seconds until both workers take messages and the console shows a page."""
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
    environment |= {"AC365_HOME": str(home), **{name: str(free_port()) for name in PORTS}}
    console = f"http://127.0.0.1:{environment['AC365_CONSOLE_PORT']}/sign-in"
    shutil.rmtree(home / "log", ignore_errors=True)
    begun = time.monotonic()
    up = subprocess.Popen([str(Path(sys.executable).parent / "ac365"), "up"], env=environment, start_new_session=True)
    try:
        while time.monotonic() - begun < WITHIN_S:
            if all(_ready(home / "log" / f"{name}.log") for name in WORKERS) and _answers(console):
                return round(time.monotonic() - begun, 1)
            time.sleep(0.1)
        raise TimeoutError(f"it was not ready within {WITHIN_S} s")
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)


def _ready(log: Path) -> bool:
    return log.exists() and READY in log.read_text(errors="replace")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


if __name__ == "__main__":
    main()
