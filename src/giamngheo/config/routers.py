"""Which database connection a migration uses."""

from typing import Any


class MigrateAsOwner:
    """Tables are made by the owner's connection; the other one has no right to."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
