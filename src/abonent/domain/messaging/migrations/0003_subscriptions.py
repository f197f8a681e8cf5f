"""Letters in colours with a file; who has asked to be told of what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a letter carries, and subscriptions."""

    dependencies = [
        ('messaging', '0002_supplier_by_identifier'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='attachment',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='message',
            name='html',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='message',
            name='unsubscribe_url',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier_id', models.BigIntegerField()),
                ('account_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField(null=True)),
                ('kind', models.CharField(choices=[('bill', 'bill'), ('readings', 'readings'), ('verification', 'verification'), ('payment', 'payment')], max_length=16)),
                ('channel', models.CharField(choices=[('email', 'email'), ('sms', 'sms'), ('push', 'push')], max_length=8)),
                ('recipient', models.CharField(max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('served_through', models.DateField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['supplier_id', 'kind', 'id'], name='subscription_living')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('account_id', 'kind', 'channel', 'recipient', 'user_id'), name='subscription_once', nulls_distinct=False)],
            },
        ),
    ]
