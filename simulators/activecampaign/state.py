"""The simulated account as tests and demonstrations hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulators.activecampaign.core.clock import Clock
from simulators.activecampaign.model.contacts import Contact
from simulators.activecampaign.model.world import World
from simulators.activecampaign.ops import builder, fresh, imports, loading


class ActiveCampaign(World):
    """A fresh account, see `ops.fresh`. Every method takes the account's lock."""

    def __init__(
        self,
        clock: Clock | None = None,
        key: str = "simulated-key",
        calls_per_second: float | None = 5,
        seed: int = 0,
    ) -> None:
        super().__init__(clock, seed)
        self._key, self._calls_per_second = key, calls_per_second
        self.reset()

    def reset(self, clock: Clock | None = None) -> None:
        """A fresh account again, with the key and the limit of the first."""
        with self.lock:
            self.empty(clock or self.clock)
            self.switches["calls_per_second"] = self._calls_per_second
            fresh.furnish(self, self._key)

    def load_contacts(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Adds contacts as if they had always been there, and answers with their ids; see `ops.loading.contacts`."""
        with self.lock:
            return loading.contacts(self, rows)

    def load_accounts(self, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Adds accounts likewise; see `ops.loading.accounts`."""
        with self.lock:
            return loading.accounts(self, rows)

    def build_automation(self, **given: Any) -> int:
        """Makes an automation, or changes the one with `id`, and answers with its id; see `ops.builder.build`."""
        with self.lock:
            number: int = builder.build(self, given)["id"]
            return number

    def contact(self, email: str) -> Contact | None:
        """The contact with this address as it is now, with every import done that is due."""
        with self.lock:
            imports.catch_up(self)
            return self.contacts.find(email)

    def values_of(self, email: str) -> dict[str, str]:
        """Texts of the contact's custom fields by perstag."""
        with self.lock:
            contact = self.contact(email)
            if contact is None:
                return {}
            return {self.fields.rows[field]["perstag"]: value[1] for field, value in contact.values.items()}

    def tags_of(self, email: str) -> set[str]:
        """Names of the contact's tags."""
        with self.lock:
            contact = self.contact(email)
            return {self.tags.rows[number]["tag"] for number in contact.tags} if contact else set()

    def settle(self) -> None:
        """Works off every import at once, due or not."""
        with self.lock:
            for batch in self.waiting:
                batch["due"] = min(batch["due"], self.clock.now())
            imports.catch_up(self)
