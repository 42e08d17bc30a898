"""The token endpoint's rules, and the sign-in of a person."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest_dynamics import Hand  # noqa: F401
