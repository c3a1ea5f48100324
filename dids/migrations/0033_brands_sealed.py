from typing import Any

from django.db import migrations

import lib.sealed

_PERSONAL = ("tax_id", "email", "phone")


def seal(_apps: Any, editor: Any) -> None:
    """Seal what stands there open, and leave nothing of those that are off."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, status, tax_id, email, phone FROM dids_brand")
        for key, status, *values in cursor.fetchall():
            tax_id, email, phone = values
            kept = [tax_id, lib.sealed.seal(email), lib.sealed.seal(phone)]
            if status == "OFF":
                kept = [lib.sealed.seal("") for _ in _PERSONAL]
            cursor.execute(
                "UPDATE dids_brand SET tax_id = %s, email = %s, phone = %s WHERE id = %s",
                [*kept, key],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("dids", "0032_features_in_force"),
    ]

    operations = [
        migrations.AlterField(
            model_name="brand",
            name="email",
            field=lib.sealed.SealedTextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="brand",
            name="phone",
            field=lib.sealed.SealedTextField(blank=True, default=""),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
