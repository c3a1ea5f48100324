"""Numbers are delivered to trunks that carry calls, and to no others."""

from django.db import migrations

TABLES = ("dids_carrierbinding", "dids_carrierorder", "dids_orderline")
TRIGGER = """
CREATE TRIGGER trunk_carries_calls
    AFTER INSERT OR UPDATE OF trunk_id ON {table}
    FOR EACH ROW WHEN (NEW.trunk_id IS NOT NULL)
    EXECUTE FUNCTION trunks_trunk_carries_calls();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("dids", "0020_by_hand"),
        ("trunks", "0007_static_trunks"),
    ]

    operations = [
        migrations.RunSQL(
            TRIGGER.format(table=table), f"DROP TRIGGER trunk_carries_calls ON {table};"
        )
        for table in TABLES
    ]
