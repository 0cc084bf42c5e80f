"""The keys that tie households, persons, events and periods are looked up once a statement, not once a row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


from giamngheo.access.keys import FUNCTIONS, kept, tied

SQL = f"""
{FUNCTIONS}
{kept("access_user")}
{kept("registry_household")}
{kept("registry_person")}
{kept("registry_lifeevent")}
{tied("registry_person", household_id="registry_household")}
{tied("registry_lifeevent", household_id="registry_household", recorded_by_id="access_user")}
{tied("registry_residence", household_id="registry_household", event_id="registry_lifeevent")}
{tied("registry_membership", person_id="registry_person", household_id="registry_household", event_id="registry_lifeevent")}
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0009_indexes_and_keys_that_are_used'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='lifeevent',
            name='household',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='registry.household'),
        ),
        migrations.AlterField(
            model_name='lifeevent',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='membership',
            name='event',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.lifeevent'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='household',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='registry.household'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='registry.person'),
        ),
        migrations.AlterField(
            model_name='person',
            name='household',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='registry.household'),
        ),
        migrations.AlterField(
            model_name='residence',
            name='event',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.lifeevent'),
        ),
        migrations.AlterField(
            model_name='residence',
            name='household',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='residences', to='registry.household'),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
