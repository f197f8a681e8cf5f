"""Pictures of meters that were sent to submissions."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add them."""

    dependencies = [
        ('metering', '0009_meter_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='MeterPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('upload_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField(null=True)),
                ('added_at', models.DateTimeField()),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='metering.meterreading')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('upload_id',), name='photo_upload_once')],
            },
        ),
    ]
