"""Keys that a filed row has beside the columns of its table."""

from __future__ import annotations

from typing import Final

DELETED: Final = "$deleted"
"""The row stands for a record that is gone; the value is the record's id."""
ACCOUNT_CONTACT: Final = "$account_contact"
"""The primary contact of an opportunity's account."""
STAKEHOLDERS: Final = "$stakeholders"
"""The stakeholders of an opportunity, first come first; None where Dynamics does not tell them."""
