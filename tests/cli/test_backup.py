"""`ac365 backup` and `ac365 restore`: one file for everything, and no way to overwrite anything by mistake."""

from __future__ import annotations

import pytest
from support.stored import NOW

from store import connections, pauses, sessions, users
from store.db import Database


@pytest.fixture
def kept(connected, place, tmp_path):
    """A backup of an installation with one connection; nobody is connected to its database any more."""
    file = tmp_path / "kept"
    assert connected("backup", str(file)).status == 0
    place.db.close()
    return file


def test_a_backup_is_a_new_file_that_only_its_owner_may_read(connected, kept):
    assert kept.stat().st_mode & 0o777 == 0o600
    ran = connected("backup", str(kept))
    assert (ran.status, "Name another file" in ran.err) == (1, True)


def test_a_backup_that_fails_leaves_no_file(connected, tmp_path, monkeypatch):
    monkeypatch.setattr("worker.embedded.programs", list)
    monkeypatch.setenv("PATH", "")
    ran = connected("backup", str(tmp_path / "kept"))
    assert (ran.status, "not at hand" in ran.err, list(tmp_path.glob("kept*"))) == (1, True, [])


def test_a_database_that_holds_something_is_replaced_on_request_only(connected, kept):
    ran = connected("restore", str(kept))
    assert (ran.status, "not empty" in ran.err) == (1, True)
    assert connected("restore", str(kept), "--force").status == 0


def test_a_database_in_use_is_never_replaced(connected, kept, dsn):
    other = Database(dsn, application_name="a worker")
    with other.transaction() as tx:
        tx.execute("SELECT 1")
        ran = connected("restore", str(kept), "--force")
    other.close()
    assert (ran.status, "in use" in ran.err, "Stop ac365 first" in ran.err) == (1, True, True)


def test_a_restored_installation_waits_for_a_person_and_signs_everybody_out(connected, place, tmp_path):
    user = place.do(users.add, "ada", "Ada", "administrator", "test", password_hash="a hash")
    place.do(sessions.begin, b"1" * 32, user, "administrator", NOW)
    connected("backup", str(tmp_path / "kept"))
    place.db.close()
    ran = connected("restore", str(tmp_path / "kept"), "--force", "--json")
    assert ran.json == {"cycles": 0, "read_again": 0, "look_again": 0}
    assert place.mine(pauses.active)[0]["author"] == "restore"
    assert place.do(sessions.listed, user) == []


def test_what_is_no_backup_changes_nothing(connected, place, kept):
    kept.write_bytes(kept.read_bytes()[:-2000])
    ran = connected("restore", str(kept), "--force")
    assert (ran.status, "can't be read as a backup" in ran.err) == (1, True)
    assert len(place.do(connections.listed)) == 1


def test_a_database_that_was_restored_otherwise_is_made_ready(connected, place, kept):
    assert connected("restore", "--loaded").status == 0
    assert place.mine(pauses.active)[0]["reason"].startswith("restored from a backup")


@pytest.mark.parametrize("words", [(), ("a-file", "--loaded")])
def test_either_a_file_or_loaded(connected, words):
    assert connected("restore", *words).status == 2
