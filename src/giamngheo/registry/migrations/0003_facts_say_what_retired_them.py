"""Each period row names the event that retired it, and an ethnic group is one of the national list."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0002_tables'),
        ('registry', '0002_policies'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='retired_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.lifeevent'),
        ),
        migrations.AddField(
            model_name='residence',
            name='retired_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.lifeevent'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('household__isnull', False), ('relation', 'head')), fields=['name_key', 'household'], name='person_head_by_name'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('ethnic__regex', '^(0[1-9]|[1-4][0-9]|5[0-6])?$')), name='person_ethnic_known'),
        ),
    ]
