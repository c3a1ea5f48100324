"""What Django cannot say: the number's holder is the organization of its open holding,
and a released number has none."""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
CREATE FUNCTION dids_holder_is_open_holding() RETURNS trigger LANGUAGE plpgsql AS $$
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
    SELECT CASE WHEN status = 'RELEASED' THEN NULL ELSE holder_id END INTO wanted
      FROM dids_phonenumber WHERE id = subject;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT organization_id INTO holding FROM dids_holding
     WHERE number_id = subject AND upper_inf(during);
    IF holding IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'number %: holder % but open holding of %', subject, wanted, holding
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'number_holder_is_open_holding';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER number_holder_is_open_holding
    AFTER INSERT OR UPDATE OF holder_id ON dids_phonenumber
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dids_holder_is_open_holding();

CREATE CONSTRAINT TRIGGER number_released_has_no_holding
    AFTER UPDATE OF status ON dids_phonenumber
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'RELEASED')
    EXECUTE FUNCTION dids_holder_is_open_holding();

CREATE CONSTRAINT TRIGGER holding_matches_number_holder
    AFTER INSERT OR UPDATE OR DELETE ON dids_holding
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION dids_holder_is_open_holding();
"""

DROP = """
DROP TRIGGER holding_matches_number_holder ON dids_holding;
DROP TRIGGER number_released_has_no_holding ON dids_phonenumber;
DROP TRIGGER number_holder_is_open_holding ON dids_phonenumber;
DROP FUNCTION dids_holder_is_open_holding();
"""


class Migration(migrations.Migration):
    dependencies = [("dids", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTION, DROP)]
