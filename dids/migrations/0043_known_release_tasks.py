"""Releases that wait for a person know the task that asks for them."""

from __future__ import annotations

from django.db import migrations

KNOWN = """
UPDATE dids_release r SET task_id = t.id FROM dids_task t
 WHERE r.status = 'BY_HAND' AND t.number_id = r.number_id AND t.kind = 'CARRIER_RELEASE'
   AND t.status IN ('OPEN', 'TAKEN', 'WAITING_CARRIER');
"""


class Migration(migrations.Migration):
    dependencies = [("dids", "0042_release_task")]

    operations = [migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
