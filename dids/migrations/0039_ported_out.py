"""A number may be ported out, which ends its holding as a release does."""

from __future__ import annotations

from django.db import migrations, models

TRIGGERS = """
CREATE OR REPLACE FUNCTION dids_holder_is_open_holding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    holding bigint;
    subject bigint;
BEGIN
    IF TG_TABLE_NAME = 'dids_phonenumber' THEN
        subject := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        subject := OLD.number_id;
    ELSE
        subject := NEW.number_id;
    END IF;
    SELECT CASE WHEN n.status NOT IN ('PORTED_OUT', 'RELEASED') THEN n.holder_id END, h.organization_id
      INTO wanted, holding
      FROM dids_phonenumber n
      LEFT JOIN dids_holding h ON h.number_id = n.id AND upper_inf(h.during)
     WHERE n.id = subject;
    IF holding IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'number %: holder % but open holding of %', subject, wanted, holding
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'number_holder_is_open_holding';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION dids_holders_are_open_holdings() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    IF TG_TABLE_NAME = 'dids_phonenumber' THEN
        SELECT n.id, n.holder_id AS wanted, h.organization_id AS holding INTO wrong
          FROM added n
          LEFT JOIN dids_holding h ON h.number_id = n.id AND upper_inf(h.during)
         WHERE h.organization_id IS DISTINCT FROM
               CASE WHEN n.status NOT IN ('PORTED_OUT', 'RELEASED') THEN n.holder_id END
         LIMIT 1;
    ELSE
        SELECT n.id, n.holder_id AS wanted, h.organization_id AS holding INTO wrong
          FROM added h
          JOIN dids_phonenumber n ON n.id = h.number_id
         WHERE upper_inf(h.during) AND h.organization_id IS DISTINCT FROM
               CASE WHEN n.status NOT IN ('PORTED_OUT', 'RELEASED') THEN n.holder_id END
         LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'number %: holder % but open holding of %',
                        wrong.id, wrong.wanted, wrong.holding
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'number_holder_is_open_holding';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER number_released_has_no_holding ON dids_phonenumber;
CREATE CONSTRAINT TRIGGER number_released_has_no_holding
    AFTER UPDATE OF status ON dids_phonenumber
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status IN ('PORTED_OUT', 'RELEASED'))
    EXECUTE FUNCTION dids_holder_is_open_holding();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_pending_seals_unchecked'),
        ('dids', '0038_late_tasks'),
        ('trunks', '0008_fees'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='task',
            name='task_kind_known',
        ),
        migrations.AlterField(
            model_name='numbertally',
            name='status',
            field=models.CharField(choices=[('AVAILABLE', 'Available'), ('RESERVED', 'Offered'), ('ASSIGNED', 'With a tenant'), ('IN_SERVICE', 'In service'), ('QUARANTINE', 'In quarantine'), ('RELEASING', 'Being released'), ('RELEASED', 'Released'), ('PORTED_OUT', 'Ported out')], max_length=20),
        ),
        migrations.AlterField(
            model_name='phonenumber',
            name='status',
            field=models.CharField(choices=[('AVAILABLE', 'Available'), ('RESERVED', 'Offered'), ('ASSIGNED', 'With a tenant'), ('IN_SERVICE', 'In service'), ('QUARANTINE', 'In quarantine'), ('RELEASING', 'Being released'), ('RELEASED', 'Released'), ('PORTED_OUT', 'Ported out')], default='AVAILABLE', max_length=20),
        ),
        migrations.AlterField(
            model_name='release',
            name='returns_to',
            field=models.CharField(choices=[('AVAILABLE', 'Available'), ('RESERVED', 'Offered'), ('ASSIGNED', 'With a tenant'), ('IN_SERVICE', 'In service'), ('QUARANTINE', 'In quarantine'), ('RELEASING', 'Being released'), ('RELEASED', 'Released'), ('PORTED_OUT', 'Ported out')], max_length=20),
        ),
        migrations.AlterField(
            model_name='task',
            name='kind',
            field=models.CharField(choices=[('BOUGHT_LATE', 'Bought after its order had failed'), ('NOT_POINTED', 'Bought, but pointed nowhere'), ('BINDING_FAILED', 'Not delivered to us'), ('DISCONNECT_REFUSED', 'Not taken back by the carrier'), ('CREDENTIALS_REFUSED', 'Credentials refused'), ('UNKNOWN_WORD', "A word of the carrier that we don't know"), ('ORDER_UNCERTAIN', 'Not known whether it was bought'), ('FEATURE_BY_HAND', 'To be set up at the carrier'), ('FEATURE_REMOVAL', 'To be taken off at the carrier'), ('FEATURE_LAPSED', 'Not in force any more at the carrier'), ('CARRIER_ORDER', 'To be ordered by hand'), ('CARRIER_RELEASE', 'To be ceased by hand'), ('CARRIER_ROUTE', 'To be delivered to us by hand'), ('CHECK_ADDRESS', 'An emergency address to be checked'), ('REGISTER_EMERGENCY', 'To be registered for emergency calls'), ('REMOVE_EMERGENCY', 'To be removed from emergency services'), ('EMERGENCY_REJECTED', 'Not registered for emergency calls'), ('INVESTIGATE', 'Carrier and stock differ')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['BOUGHT_LATE', 'NOT_POINTED', 'BINDING_FAILED', 'DISCONNECT_REFUSED', 'CREDENTIALS_REFUSED', 'UNKNOWN_WORD', 'ORDER_UNCERTAIN', 'FEATURE_BY_HAND', 'FEATURE_REMOVAL', 'FEATURE_LAPSED', 'CARRIER_ORDER', 'CARRIER_RELEASE', 'CARRIER_ROUTE', 'CHECK_ADDRESS', 'REGISTER_EMERGENCY', 'REMOVE_EMERGENCY', 'EMERGENCY_REJECTED', 'INVESTIGATE'])), name='task_kind_known'),
        ),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
