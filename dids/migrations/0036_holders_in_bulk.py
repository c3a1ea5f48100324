"""
Who holds numbers is compared by one query a row, or for all that one statement adds at its end.

A list of 100,000 numbers would otherwise ask 200,000 times at its commit.
"""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
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
    SELECT CASE WHEN n.status <> 'RELEASED' THEN n.holder_id END, h.organization_id
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
"""

# A plan that was made while the tables were small would read all of them for every row.
IN_BULK = """
CREATE FUNCTION dids_holders_are_open_holdings() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE
    wrong record;
BEGIN
    IF TG_TABLE_NAME = 'dids_phonenumber' THEN
        SELECT n.id, n.holder_id AS wanted, h.organization_id AS holding INTO wrong
          FROM added n
          LEFT JOIN dids_holding h ON h.number_id = n.id AND upper_inf(h.during)
         WHERE h.organization_id IS DISTINCT FROM
               CASE WHEN n.status <> 'RELEASED' THEN n.holder_id END
         LIMIT 1;
    ELSE
        SELECT n.id, n.holder_id AS wanted, h.organization_id AS holding INTO wrong
          FROM added h
          JOIN dids_phonenumber n ON n.id = h.number_id
         WHERE upper_inf(h.during) AND h.organization_id IS DISTINCT FROM
               CASE WHEN n.status <> 'RELEASED' THEN n.holder_id END
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

DROP TRIGGER number_holder_is_open_holding ON dids_phonenumber;
DROP TRIGGER holding_matches_number_holder ON dids_holding;

CREATE CONSTRAINT TRIGGER number_added_with_open_holding
    AFTER INSERT ON dids_phonenumber DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_setting('dids.in_bulk', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION dids_holder_is_open_holding();
CREATE CONSTRAINT TRIGGER number_holder_is_open_holding
    AFTER UPDATE OF holder_id ON dids_phonenumber DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dids_holder_is_open_holding();
CREATE TRIGGER numbers_added_with_open_holdings
    AFTER INSERT ON dids_phonenumber REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT WHEN (current_setting('dids.in_bulk', true) = 'on')
    EXECUTE FUNCTION dids_holders_are_open_holdings();

CREATE CONSTRAINT TRIGGER holding_added_for_number_holder
    AFTER INSERT ON dids_holding DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_setting('dids.in_bulk', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION dids_holder_is_open_holding();
CREATE CONSTRAINT TRIGGER holding_matches_number_holder
    AFTER UPDATE OR DELETE ON dids_holding DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dids_holder_is_open_holding();
CREATE TRIGGER holdings_added_for_number_holders
    AFTER INSERT ON dids_holding REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT WHEN (current_setting('dids.in_bulk', true) = 'on')
    EXECUTE FUNCTION dids_holders_are_open_holdings();
"""

ROW_BY_ROW = """
DROP TRIGGER holdings_added_for_number_holders ON dids_holding;
DROP TRIGGER holding_matches_number_holder ON dids_holding;
DROP TRIGGER holding_added_for_number_holder ON dids_holding;
DROP TRIGGER numbers_added_with_open_holdings ON dids_phonenumber;
DROP TRIGGER number_holder_is_open_holding ON dids_phonenumber;
DROP TRIGGER number_added_with_open_holding ON dids_phonenumber;
DROP FUNCTION dids_holders_are_open_holdings();
CREATE CONSTRAINT TRIGGER number_holder_is_open_holding
    AFTER INSERT OR UPDATE OF holder_id ON dids_phonenumber
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dids_holder_is_open_holding();
CREATE CONSTRAINT TRIGGER holding_matches_number_holder
    AFTER INSERT OR UPDATE OR DELETE ON dids_holding
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dids_holder_is_open_holding();
"""


class Migration(migrations.Migration):
    dependencies = [("dids", "0035_toll_free_verification")]

    operations = [
        migrations.RunSQL(FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(IN_BULK, ROW_BY_ROW),
    ]
