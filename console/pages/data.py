"""The data configuration: what is synced, which records, which fields, and what happens to them."""

from __future__ import annotations

from typing import Final

from console.data import document, mappings, overview, record, review, scope, settings
from console.data.base import blueprint as blueprint

PARTS: Final = (overview, document, review, settings, scope, mappings, record)
"""The modules whose routes make up the page. Fixed words come before names of entities."""
