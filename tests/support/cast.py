"""The fixed cast: Ada is in both systems, Ben only in Dynamics, Cleo only in ActiveCampaign, Dov is broken."""

from __future__ import annotations

ADA = "aaaaaaaa-0000-4000-8000-000000000001"
BEN = "bbbbbbbb-0000-4000-8000-000000000002"
CLEO = "cccccccc-0000-4000-8000-000000000003"
DOV = "dddddddd-0000-4000-8000-000000000004"

ADA_AT = "ada@example.com"
BEN_AT = "ben@example.com"
CLEO_AT = "cleo@example.com"
DOV_AT = "dov@example.com"
