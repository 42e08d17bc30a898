"""Backups by PostgreSQL's own programs: the whole database into one file, and back.

Facts from postgresql.org, pages app-pgdump, app-pgrestore and libpq-envars: pg_dump refuses a server that is newer than
itself, and every setting of a connection has an environment variable. Passwords go that way: arguments are visible to
whoever lists processes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple, cast

import psycopg
from psycopg import pq
from psycopg.rows import dict_row

from store.errors import NoBackup
from store.statements import Statements, Tx
from store.translate import translated

SQL = Statements("backups")
DUMP = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
AS_SQL = ("pg_restore", "--no-owner", "--no-privileges", "--file=-")
RUN = ("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-")
BEGIN = b"BEGIN;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
COMMIT = b"\nCOMMIT;\n"
CHUNK = 1 << 20
SAID = 300


class Use(NamedTuple):
    """What a database holds, and how many others are connected to it."""

    tables: int
    sessions: int


def in_use(dsn: str) -> Use:
    """Whether a database may be overwritten. Raises Unreachable."""
    with _connected(dsn) as tx:
        return Use(int(SQL.value(tx, "tables")), int(SQL.value(tx, "sessions")))


def dump(dsn: str, file: Path | None, programs: Sequence[Path]) -> None:
    """Writes the database to a file, whose rights stay as they are, or to standard output.

    programs: folders with PostgreSQL's programs, beside the search path. Raises NoBackup, Unreachable.
    """
    # Only into a file that it opens itself does pg_dump write where everything is.
    where = [f"--file={file}"] if file else []
    command = [*_command(_fitting(dsn, programs), DUMP), *where]
    done = subprocess.run(command, env=_environment(dsn), stderr=subprocess.PIPE)
    if done.returncode:
        raise NoBackup(f"pg_dump failed: {_said(BytesIO(done.stderr))}")


def load(dsn: str, backup: IO[bytes], programs: Sequence[Path]) -> None:
    """Puts a backup in the place of everything that the database holds, in one transaction: it succeeds as a whole or
    changes nothing. Raises NoBackup, Unreachable."""
    folder = _fitting(dsn, programs)
    # What they say goes to files: a full pipe of one would hold the other up.
    with TemporaryFile() as of_source, TemporaryFile() as of_target:
        source = subprocess.Popen(_command(folder, AS_SQL), stdin=backup, stdout=subprocess.PIPE, stderr=of_source)
        target = subprocess.Popen(_command(folder, RUN), env=_environment(dsn), stdin=subprocess.PIPE, stderr=of_target)
        with source, target:
            whole = _carried(cast(IO[bytes], source.stdout), cast(IO[bytes], target.stdin), source)
        if not whole:
            raise NoBackup(f"it can't be read as a backup: {_said(of_source)}")
        if target.returncode:
            raise NoBackup(f"the backup was not taken over, and nothing was changed: {_said(of_target)}")


def _carried(source: IO[bytes], target: IO[bytes], program: subprocess.Popen[bytes]) -> bool:
    """Whether all of it was read. What is cut short gets no COMMIT, and so changes nothing."""
    try:
        with target:
            target.write(BEGIN)
            shutil.copyfileobj(source, target, CHUNK)
            whole = program.wait() == 0
            target.write(COMMIT if whole else b"")
    except BrokenPipeError:
        # The other end has ended, and has said why.
        source.close()
        return True
    return whole


def _fitting(dsn: str, programs: Sequence[Path]) -> Path:
    """The folder with programs that know this server."""
    with _connected(dsn) as tx:
        server = int(SQL.value(tx, "server")) // 10_000
    on_path = shutil.which("pg_dump")
    folders = [*programs, *([Path(on_path).parent] if on_path else [])]
    found = {_version(one): one for one in folders if all((one / name[0]).exists() for name in (DUMP, AS_SQL, RUN))}
    # The oldest that will do: what a newer one writes, an older server may not understand.
    if fitting := [version for version in found if version >= server]:
        return found[min(fitting)]
    here = f"only of version {max(found)}" if found else "not at hand"
    raise NoBackup(f"PostgreSQL's programs are {here}, and the server has version {server}")


def _version(folder: Path) -> int:
    told = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True).stdout
    return int(re.findall(r"\d+", told)[0])


def _command(folder: Path, words: Sequence[str]) -> list[str]:
    return [str(folder / words[0]), *words[1:]]


def _environment(dsn: str) -> dict[str, str]:
    try:
        given = pq.Conninfo.parse(dsn.encode())
    except psycopg.Error as error:
        raise translated(error) from None
    return os.environ | {one.envvar.decode(): one.val.decode() for one in given if one.envvar and one.val is not None}


@contextmanager
def _connected(dsn: str) -> Iterator[Tx]:
    try:
        with psycopg.connect(dsn, connect_timeout=5, row_factory=dict_row) as connection:
            yield connection
    except psycopg.Error as error:
        raise translated(error) from None


def _said(words: IO[bytes]) -> str:
    words.seek(0)
    return " ".join(words.read().decode(errors="replace").split())[:SAID]
