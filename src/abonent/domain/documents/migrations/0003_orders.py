"""Papers that are ordered and made behind the page."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add orders."""

    dependencies = [
        ('documents', '0002_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentOrder',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('supplier_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('subject', models.CharField(max_length=64)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('user_id', models.BigIntegerField()),
                ('ordered_at', models.DateTimeField()),
                ('done', models.IntegerField(default=0)),
                ('total', models.IntegerField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='documents.document')),
            ],
            options={
                'indexes': [models.Index(fields=['supplier_id', 'subject', '-ordered_at'], name='document_orders')],
            },
        ),
    ]
