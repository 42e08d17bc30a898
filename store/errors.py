"""The errors of the store. No error of the database driver leaves this package.

StoreError
├── Unreachable   the database does not answer, or has no connection to spare
├── DiskFull      the database can't write
├── Newer         the database was migrated by a newer ac365 than this one
├── Stale         somebody else changed it since it was read
├── Contended     two transactions wanted the same rows in opposite order, or waited too long; nothing was kept
├── WrongKey      stored credentials were encrypted with a key that isn't configured
├── NoBackup      a backup can't be made or restored; nothing was changed
└── Refused       the database refused a statement: a defect of ac365 or of the data
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of all. The first line of a class's docstring is its advice."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = (type(self).__doc__ or "").strip().splitlines()[0]


class Unreachable(StoreError):
    """Check that PostgreSQL is running and that DATABASE_URL names the right host, database, user and password."""


class DiskFull(StoreError):
    """Make room on PostgreSQL's disk; work goes on by itself."""


class Newer(StoreError):
    """Install the ac365 version that migrated this database, or a newer one; an older one would damage it."""


class Stale(StoreError):
    """Read it anew and decide again."""


class Contended(StoreError):
    """Run the transaction again."""


class WrongKey(StoreError):
    """Put the former AC365_SECRET_KEY behind the new one, separated by a comma, or save the credentials again."""


class NoBackup(StoreError):
    """Use a file of `ac365 backup` and programs of PostgreSQL no older than the server, see docs/operations.md."""


class Refused(StoreError):
    """Report this with the log of the same minute: it should not happen."""
