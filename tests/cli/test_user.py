"""`ac365 user`: who may use the console, kept by whoever has the shell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import users as use_case
from store import audit, users

PASSWORD = "correct horse battery"


@pytest.fixture
def person(place):
    """The row of somebody, in a transaction of its own."""
    return lambda login: place.do(users.by_login, login)


@pytest.fixture
def anna(connected):
    """An administrator."""
    connected("user", "add", "Anna", "--name", "Anna A", typed=f"{PASSWORD}\n")


def test_nobody_is_told_how_to_become_the_first(connected):
    assert "ac365 user add" in connected("user", "list").out


def test_a_code_is_printed_for_the_first_administrator(connected):
    assert connected("user", "code").out.strip().count("-") == 2


def test_somebody_is_added_with_a_password_from_standard_input(connected, person):
    ran = connected("user", "add", "Vera", "--name", "Vera V", "--role", "user", typed=f"{PASSWORD}\n")
    row = person("vera")
    assert (ran.status, row["name"], row["role"]) == (0, "Vera V", "user")
    assert use_case.fits(row, PASSWORD)
    assert PASSWORD not in ran.out + ran.err


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("anna",), PASSWORD, "there is a user named anna already"),
        (("vera",), "short", "fewer than 12"),
        (("vera", "--role", "emperor"), PASSWORD, "administrator or user"),
    ],
)
def test_somebody_who_can_not_be_added_is_refused(connected, anna, words, typed, told):
    ran = connected("user", "add", *words, typed=f"{typed}\n")
    assert ran.status != 0
    assert told in " ".join(ran.err.split())


def test_the_list_shows_who_may_sign_in_and_no_hash(connected, anna):
    assert "Anna A" in connected("user", "list").out
    ran = connected("user", "list", "--json")
    assert (ran.json[0]["login"], ran.json[0]["role"]) == ("anna", "administrator")
    assert "hash" not in ran.out


def test_a_new_password_takes_the_place_of_the_old_one(connected, anna, person):
    assert connected("user", "password", "anna", typed="another long password\n").status == 0
    assert use_case.fits(person("anna"), "another long password")
    assert not use_case.fits(person("anna"), PASSWORD)


def test_somebody_of_the_directory_gets_no_password(connected, place):
    directory_id = "aaaaaaaa-0000-4000-8000-000000000001"
    place.do(users.add, "noor@contoso.example", "Noor", None, "test", directory_id=directory_id)
    assert "as in Dynamics" in connected("user", "list").out
    ran = connected("user", "password", "noor@contoso.example", typed=f"{PASSWORD}\n")
    assert (ran.status != 0, "Microsoft" in ran.err) == (True, True)


def test_a_locked_name_is_unlocked(connected, anna, person, place):
    until = datetime.now(UTC) + timedelta(minutes=15)
    place.do(users.failed, person("anna")["id"], allowed=1, until=until)
    assert "may try again" in connected("user", "unlock", "anna").err
    assert (person("anna")["locked_until"], person("anna")["failed_sign_ins"]) == (None, 0)
    assert place.do(audit.listed, None, 1)[0]["action"] == "unlock"
    assert "is not locked" in connected("user", "unlock", "anna").err


def test_the_last_administrator_is_not_removed(connected, anna, person):
    ran = connected("user", "remove", "anna", "--yes")
    assert ran.status != 0
    assert "last administrator" in ran.err
    connected("user", "add", "bea", typed=f"{PASSWORD}\n")
    assert connected("user", "remove", "anna", "--yes").status == 0
    assert person("anna") is None


@pytest.mark.parametrize("words", [("remove", "eve", "--yes"), ("unlock", "eve"), ("password", "eve")])
def test_a_name_that_nobody_has_is_refused(connected, words):
    ran = connected("user", *words, typed=f"{PASSWORD}\n")
    assert ran.status != 0
    assert "no user named 'eve'" in ran.err
