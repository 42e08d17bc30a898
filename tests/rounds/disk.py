"""A disk that fills up: PostgreSQL keeps the tables of a round on a small one, where this machine lets us have one.

Where nobody may mount a disk, a trigger refuses what a full disk would refuse, with the same code of PostgreSQL
(53100, `disk_full`). Its log has a line for each refusal either way, so a row of the table tells whether it struck.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from pathlib import Path

from support.own_servers import OwnPostgres

SIZE_MB = 96
REFUSALS = ("No space left on device", "no space left (test)")
TABLES = ("outbox", "pages", "outcomes", "links", "records")
FUNCTION = """CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no space left (test)' USING ERRCODE = '53100'; END $$"""


class Disk:
    """`tablespace` is the clause that puts a database on it, "" where there is none."""

    def __init__(self, folder: Path, postgres: OwnPostgres) -> None:
        self._folder, self._postgres = folder, postgres
        self._ballast = folder / "ballast"
        self.real = self._mounted()
        self.tablespace = ""
        if self.real:
            data = folder / "data"
            data.mkdir()
            owner = pwd.getpwuid(postgres.pgdata.stat().st_uid)
            os.chown(data, owner.pw_uid, owner.pw_gid)
            postgres.admin(f"CREATE TABLESPACE small LOCATION '{data}'")
            self.tablespace = "TABLESPACE small"

    def _mounted(self) -> bool:
        self._folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "none", str(self._folder)]
        with contextlib.suppress(OSError):
            return subprocess.run(words, capture_output=True).returncode == 0
        return False

    @property
    def refusals(self) -> int:
        """How often PostgreSQL had no room so far."""
        log = self._postgres.log.read_text(errors="replace")
        return sum(log.count(words) for words in REFUSALS)

    def fill(self) -> None:
        """Takes every byte that is left."""
        with contextlib.suppress(OSError), self._ballast.open("wb") as ballast:
            while True:
                ballast.write(b"\0" * 4096)
                ballast.flush()

    def clear(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def refuse(self, dsn: str) -> None:
        """What a full disk would do to what is written to these tables, without one."""
        make = (
            f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {name} EXECUTE FUNCTION full_disk()"
            for name in TABLES
        )
        self._postgres.run(dsn, FUNCTION, *make)

    def allow(self, dsn: str) -> None:
        self._postgres.run(dsn, *(f"DROP TRIGGER IF EXISTS full_disk ON {name}" for name in TABLES))

    def close(self) -> None:
        if self.real:
            subprocess.run(["umount", "--lazy", str(self._folder)], capture_output=True, check=False)
