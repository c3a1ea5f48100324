from django.db import migrations

from lib import sealed

# Where allauth keeps what it would have encrypted: the key of an app, the seed of recovery codes.
SECRETS = ('secret', 'seed')


def change(apps, schema_editor, turn):
    rows = apps.get_model('mfa', 'Authenticator').objects.using(schema_editor.connection.alias)
    for row in rows.filter(type__in=['totp', 'recovery_codes']):
        for name in SECRETS:
            if name in row.data:
                row.data[name] = turn(row.data[name])
        row.save(update_fields=['data'])


def seal(apps, schema_editor):
    change(apps, schema_editor, sealed.seal)


def unseal(apps, schema_editor):
    change(apps, schema_editor, sealed.unseal)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_session_epoch'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [migrations.RunPython(seal, unseal)]
