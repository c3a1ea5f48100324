import django.db.models.deletion
from django.db import migrations, models

# What was with a person and not looked at again is with a person still.
MOVE = """
UPDATE dids_emergencyregistration AS row
   SET organization_id = place.organization_id,
       failure = left(row.failure, 200),
       perhaps_there = row.status <> 'REMOVED',
       carrier_reference = CASE row.status WHEN 'REMOVED' THEN '' ELSE row.carrier_reference END,
       problems = CASE WHEN row.status = 'REJECTED' AND row.failure <> ''
           THEN jsonb_build_array(jsonb_build_object('field', '', 'words', row.failure))
           ELSE '[]'::jsonb END,
       status = CASE row.status
           WHEN 'REGISTERING' THEN 'SETTING'
           WHEN 'PENDING' THEN 'SUBMITTED'
           WHEN 'WITH_PERSON' THEN 'BY_HAND'
           WHEN 'REMOVED' THEN 'OFF'
           WHEN 'REMOVING' THEN CASE
               WHEN row.next_attempt_at IS NULL THEN 'REMOVAL_BY_HAND' ELSE 'UNWANTED' END
           ELSE row.status END
  FROM dids_emergencylocation AS place
 WHERE place.id = row.location_id;
UPDATE dids_task SET about = 'dids.feature:' || substr(about, length('dids.registration:') + 1)
 WHERE about LIKE 'dids.registration:%';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_saved_views'),
        ('dids', '0028_import_tries'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='emergencyregistration',
            name='registration_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='emergencyregistration',
            name='registration_claim_is_whole',
        ),
        migrations.RemoveConstraint(
            model_name='release',
            name='release_status_known',
        ),
        migrations.RenameIndex(
            model_name='emergencyregistration',
            new_name='emergencyregistration_due',
            old_name='registration_due',
        ),
        migrations.RemoveField(
            model_name='emergencyregistration',
            name='active_at',
        ),
        migrations.AddField(
            model_name='emergencyregistration',
            name='organization',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='emergencyregistration',
            name='perhaps_there',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='emergencyregistration',
            name='problems',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunSQL(MOVE),
        migrations.AlterField(
            model_name='emergencyregistration',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AlterField(
            model_name='emergencyregistration',
            name='failure',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name='emergencyregistration',
            name='give_up_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='emergencyregistration',
            name='status',
            field=models.CharField(choices=[('OFF', 'Off'), ('WANTED', 'Wanted'), ('SETTING', 'Being set up'), ('UNCERTAIN', 'Uncertain'), ('SUBMITTED', 'With the carrier'), ('BY_HAND', 'Being set up by a person'), ('ACTIVE', 'In force'), ('REJECTED', 'Refused'), ('UNWANTED', 'To be taken off'), ('REMOVING', 'Being taken off'), ('REMOVAL_BY_HAND', 'Being taken off by a person')], default='OFF', max_length=20),
        ),
        migrations.AlterField(
            model_name='release',
            name='status',
            field=models.CharField(choices=[('SCHEDULED', 'Scheduled'), ('UNROUTED', 'Taken out of the routes'), ('CLEARED', 'Taken off registers'), ('UNBINDING', 'Being unbound'), ('UNBOUND', 'Unbound'), ('DISCONNECTING', 'Being disconnected'), ('UNCERTAIN', 'Uncertain'), ('BY_HAND', 'With a person'), ('REFUSED', 'Refused by the carrier'), ('DONE', 'Done'), ('CANCELLED', 'Cancelled')], default='SCHEDULED', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='emergencyregistration',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['OFF', 'WANTED', 'SETTING', 'UNCERTAIN', 'SUBMITTED', 'BY_HAND', 'ACTIVE', 'REJECTED', 'UNWANTED', 'REMOVING', 'REMOVAL_BY_HAND'])), name='emergencyregistration_status_known'),
        ),
        migrations.AddConstraint(
            model_name='emergencyregistration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['SETTING', 'REMOVING']), _negated=True), models.Q(('attempt__isnull', False), ('call_before__isnull', False)), _connector='OR'), name='emergencyregistration_claim_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='emergencyregistration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'OFF'), _negated=True), ('perhaps_there', False), _connector='OR'), name='emergencyregistration_off_is_off'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['SCHEDULED', 'UNROUTED', 'CLEARED', 'UNBINDING', 'UNBOUND', 'DISCONNECTING', 'UNCERTAIN', 'BY_HAND', 'REFUSED', 'DONE', 'CANCELLED'])), name='release_status_known'),
        ),
    ]
