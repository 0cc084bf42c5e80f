"""Keys that are mostly empty are looked up once a statement too; nobody asks memberships by their village.

A foreign key puts every new row in line for its check, though it names nothing: of half a million persons and memberships
that was a second at the end of the transaction. Memberships are found by person and by household.
"""

import django.db.models.deletion
from django.db import migrations, models

from giamngheo.access.keys import tied

_TABLES = ("registry_person", "registry_lifeevent", "registry_residence", "registry_membership")
_OLD = "".join(
    f"DROP TRIGGER keys_of_insert ON {table}; DROP TRIGGER keys_of_update ON {table};\n" for table in _TABLES
)
_PERSON = tied("registry_person", household_id="registry_household", same_as_id="registry_person")
_EVENT = tied(
    "registry_lifeevent",
    household_id="registry_household",
    other_id="registry_household",
    person_id="registry_person",
    recorded_by_id="access_user",
)
_RESIDENCE = tied(
    "registry_residence",
    household_id="registry_household",
    event_id="registry_lifeevent",
    retired_by_id="registry_lifeevent",
)
_MEMBERSHIP = tied(
    "registry_membership",
    person_id="registry_person",
    household_id="registry_household",
    event_id="registry_lifeevent",
    retired_by_id="registry_lifeevent",
)
SQL = _OLD + _PERSON + _EVENT + _RESIDENCE + _MEMBERSHIP


def _key(model: str, name: str, to: str, related_name: str, **words: bool) -> migrations.AlterField:
    key = models.ForeignKey(
        to,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        db_constraint=False,
        **words,
    )
    return migrations.AlterField(model_name=model, name=name, field=key)


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_one_index_holds_and_finds")]

    operations = [
        migrations.RemoveIndex(model_name="membership", name="membership_village"),
        _key("person", "same_as", "registry.person", "duplicates", db_index=False),
        _key("lifeevent", "other", "registry.household", "other_events"),
        _key("lifeevent", "person", "registry.person", "events"),
        _key("residence", "retired_by", "registry.lifeevent", "+", db_index=False),
        _key("membership", "retired_by", "registry.lifeevent", "+", db_index=False),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
