"""A number that was ported out may return; nobody waits while a million numbers are looked at."""

from __future__ import annotations

from typing import Final

from django.db import migrations, models

ENDED: Final = ['PORTED_OUT', 'RELEASED']
KNOWN: Final = [
    'AVAILABLE',
    'RESERVED',
    'ASSIGNED',
    'IN_SERVICE',
    'QUARANTINE',
    'RELEASING',
    'RELEASED',
]


def _listed(statuses: list[str]) -> str:
    return ', '.join(f"'{status}'" for status in statuses)


def live_once(ended: list[str]) -> list[str]:
    """Build the index beside the old one, which guards the numbers until the new one does."""
    return [
        # One that was broken off before is not valid.
        'DROP INDEX CONCURRENTLY IF EXISTS number_live_once_next',
        'CREATE UNIQUE INDEX CONCURRENTLY number_live_once_next ON dids_phonenumber (e164)'
        f' WHERE NOT (status IN ({_listed(ended)}))',
        """
        DO $$ BEGIN
            DROP INDEX number_live_once;
            ALTER INDEX number_live_once_next RENAME TO number_live_once;
        END $$
        """,
    ]


def known(statuses: list[str]) -> list[str]:
    """Check what is written from now on at once, and then what is there, without a lock."""
    return [
        'ALTER TABLE dids_phonenumber DROP CONSTRAINT number_status_known,'
        f' ADD CONSTRAINT number_status_known CHECK (status IN ({_listed(statuses)})) NOT VALID',
        'ALTER TABLE dids_phonenumber VALIDATE CONSTRAINT number_status_known',
    ]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('dids', '0039_ported_out'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(live_once(ENDED), live_once(['RELEASED'])),
                migrations.RunSQL(known([*KNOWN, 'PORTED_OUT']), known(KNOWN)),
            ],
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='phonenumber',
                    name='number_live_once',
                ),
                migrations.RemoveConstraint(
                    model_name='phonenumber',
                    name='number_status_known',
                ),
                migrations.AddConstraint(
                    model_name='phonenumber',
                    constraint=models.UniqueConstraint(condition=models.Q(('status__in', ENDED), _negated=True), fields=('e164',), name='number_live_once'),
                ),
                migrations.AddConstraint(
                    model_name='phonenumber',
                    constraint=models.CheckConstraint(condition=models.Q(('status__in', [*KNOWN, 'PORTED_OUT'])), name='number_status_known'),
                ),
            ],
        ),
    ]
