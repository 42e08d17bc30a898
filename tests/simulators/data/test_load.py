"""Records from CSV files, whatever the columns are called."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from simulators.data.load import records

FILES = {
    "accounts.csv": "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    "Initech,finance,1999,12.5,40,United States,Contoso\n"
    "Contoso,technolgy,1981,1100.04,2822,Germany,\n"
    "Umbrella,medical,,,,,Nobody\n",
    "people-us.csv": "First Name,Last Name,Company Name,Address,City,County,Statie,Zip,Phone 1,Phone 2,Email,Website\n"
    'Ada,Byron,"Engines, Ltd",1 Main St,Boston,Suffolk,MA,02108,504-621-8927,,ada@mail.example,http://ada.example\n',
    "people-uk.csv": "Survey,Respondent,first_name,last_name,company_name,address,city,county,postal,"
    "phone1,phone2,email,web\n"
    "SurveyMar2017,1,Ben,O'Brien,Ward & Co,5 Binney St,Abbey Ward ,Kent,HP11 2AX,"
    "01937-864715,01714-737668,ben@mail.example,\n",
    "sales_teams.csv": "sales_agent,manager,regional_office\nCleo Hopper,Dov Cohen,Central\n",
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\n",
    "sales_pipeline.csv": "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "W1,Cleo Hopper,GTXPro,Contoso,Won,10/20/2016,3/1/2017,1054\n"
    "L1,Cleo Hopper,GTXPro,Initech,Lost,1/2/2017,3/4/2017,0\n"
    "E1,Cleo Hopper,GTXPro,,Engaging,11/3/2016,,\n"
    "P1,Cleo Hopper,GTXPro,Contoso,Prospecting,,,\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    return tmp_path


@pytest.fixture
def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for table, row in records(folder):
        found.setdefault(table, []).append(row)
    return found


def named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(row for row in rows if row["name"] == name)


def test_every_row_of_every_file_becomes_a_record(rows):
    counts = {table: len(found) for table, found in rows.items()}
    assert counts == {"systemuser": 2, "account": 3, "contact": 1, "lead": 1, "opportunity": 4}


def test_loading_again_gives_the_same_records(folder):
    assert list(records(folder)) == list(records(folder))


def test_ids_are_different_for_rows_that_look_alike(folder):
    text = FILES["people-us.csv"]
    (folder / "people-us.csv").write_text(text + text.splitlines(keepends=True)[1])
    ids = [row["contactid"] for table, row in records(folder) if table == "contact"]
    assert len(set(ids)) == 2


def test_subsidiary_points_at_its_parent_which_comes_first(rows):
    names = [row["name"] for row in rows["account"]]
    parent = named(rows["account"], "Contoso")
    assert named(rows["account"], "Initech")["_parentaccountid_value"] == parent["accountid"]
    assert names.index("Contoso") < names.index("Initech")


def test_parent_that_is_not_in_the_file_is_no_parent(rows):
    assert named(rows["account"], "Umbrella")["_parentaccountid_value"] is None


def test_revenue_is_in_millions(rows):
    assert named(rows["account"], "Contoso")["revenue"] == 1_100_040_000.0


@pytest.mark.parametrize(("name", "code"), [("Initech", 16), ("Umbrella", 11), ("Contoso", None)])
def test_sector_becomes_an_industry_where_one_fits(rows, name, code):
    assert named(rows["account"], name)["industrycode"] == code


def test_sector_without_an_industry_and_the_year_stay_readable(rows):
    assert named(rows["account"], "Contoso")["description"] == "Sector: technolgy\nFounded: 1981"


def test_us_people_are_contacts_of_an_account(rows):
    (ada,) = rows["contact"]
    assert (ada["fullname"], ada["emailaddress1"], ada["address1_postalcode"]) == (
        "Ada Byron",
        "ada@mail.example",
        "02108",
    )
    assert ada["parentcustomerid_type"] == "account"
    assert ada["_parentcustomerid_value"] in {row["accountid"] for row in rows["account"]}


def test_uk_people_are_leads_with_subject_and_company(rows):
    (ben,) = rows["lead"]
    assert (ben["fullname"], ben["subject"], ben["companyname"]) == ("Ben O'Brien", "SurveyMar2017", "Ward & Co")
    assert ben["_parentaccountid_value"] in {row["accountid"] for row in rows["account"]}


def test_values_are_taken_as_they_are(rows):
    assert rows["lead"][0]["address1_city"] == "Abbey Ward "


def test_too_long_a_value_ends_where_its_column_ends(folder):
    (folder / "people-uk.csv").write_text(f"first_name,last_name,email\nBen,{'x' * 80},ben@mail.example\n")
    (lead,) = [row for table, row in records(folder) if table == "lead"]
    assert lead["lastname"] == "x" * 50


def test_row_without_a_last_name_gets_one_as_dynamics_demands(folder):
    (folder / "people-uk.csv").write_text("first_name,last_name,email\nBen,,ben@mail.example\n")
    (lead,) = [row for table, row in records(folder) if table == "lead"]
    assert lead["lastname"] == "?"


@pytest.mark.parametrize(
    ("stage", "state"), [("Won", (1, 3)), ("Lost", (2, 5)), ("Engaging", (0, 1)), ("Prospecting", (0, 1))]
)
def test_stage_becomes_a_state_and_stays_as_text(rows, stage, state):
    (deal,) = [row for row in rows["opportunity"] if row["stepname"] == stage]
    assert (deal["statecode"], deal["statuscode"]) == state


def test_won_deal_tells_value_and_dates(rows):
    won = rows["opportunity"][0]
    assert (won["actualvalue"], won["actualclosedate"]) == (1054.0, "2017-03-01")
    assert (won["createdon"], won["modifiedon"]) == ("2016-10-20T00:00:00Z", "2017-03-01T00:00:00Z")


def test_open_deal_is_worth_the_list_price(rows):
    assert [row["estimatedvalue"] for row in rows["opportunity"]] == [1054.0, 0.0, 4821.0, 4821.0]


def test_deal_without_an_account_has_a_contact_for_its_customer(rows):
    kinds = Counter(row["customerid_type"] for row in rows["opportunity"])
    assert kinds == {"account": 3, "contact": 1}
    assert rows["opportunity"][2]["_customerid_value"] == rows["contact"][0]["contactid"]


def test_deal_belongs_to_its_agent_and_the_agent_to_a_manager(rows):
    manager, agent = rows["systemuser"]
    assert rows["opportunity"][0]["_ownerid_value"] == agent["systemuserid"]
    assert agent["_parentsystemuserid_value"] == manager["systemuserid"]


def test_files_may_be_missing(folder):
    for name in ("accounts.csv", "products.csv", "sales_teams.csv", "people-uk.csv"):
        (folder / name).unlink()
    assert Counter(table for table, _ in records(folder)) == {"contact": 1, "opportunity": 4}


def test_folder_without_any_of_the_files_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"accounts\.csv"):
        next(records(tmp_path))
