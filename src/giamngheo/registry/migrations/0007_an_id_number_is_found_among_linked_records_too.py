"""An id number is found in records that were linked to another one too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0003_audited'),
        ('registry', '0006_searches_for_duplicates_show_how_far_they_are'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('id_index__isnull', False)), fields=['id_index'], name='person_id_number'),
        ),
    ]
