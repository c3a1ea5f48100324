"""Switches let in the calls of trunks that carry calls, and know no others."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER trunk_carries_calls
    AFTER INSERT OR UPDATE OF trunk_id ON provisioning_trunkonpbx
    FOR EACH ROW EXECUTE FUNCTION trunks_trunk_carries_calls();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("provisioning", "0002_feed"),
        ("trunks", "0007_static_trunks"),
    ]

    operations = [
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER trunk_carries_calls ON provisioning_trunkonpbx;"
        )
    ]
