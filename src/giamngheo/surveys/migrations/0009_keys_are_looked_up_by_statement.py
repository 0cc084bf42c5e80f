"""The keys of visits and verdicts are looked up once a statement, not once a row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


from giamngheo.access.keys import kept, tied

VISIT = tied(
    "surveys_visit",
    household_id="registry_household",
    round_id="surveys_round",
    brought_by_id="surveys_import",
    recorded_by_id="access_user",
)
SQL = f"""
{kept("surveys_round")}
{kept("surveys_import")}
{kept("surveys_visit")}
{kept("surveys_lawversion", key="content_hash")}
{VISIT}
{tied("surveys_verdict", visit_id="surveys_visit", law_id="surveys_lawversion.content_hash")}
"""


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0010_keys_are_looked_up_by_statement'),
        ('surveys', '0008_indexes_and_keys_that_are_used'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='verdict',
            name='law',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='surveys.lawversion'),
        ),
        migrations.AlterField(
            model_name='verdict',
            name='visit',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='surveys.visit'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='brought_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='surveys.import'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='household',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='registry.household'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='visit',
            name='round',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='surveys.round'),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
