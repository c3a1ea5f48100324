"""A number that was released or ported out is history; no statement brings it back to life."""

from __future__ import annotations

from django.db import migrations

# Nothing is read at its making, however many numbers there are; `test_states` holds it to the page.
GUARD = """
CREATE FUNCTION dids_number_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'number %: % is final and cannot become %', OLD.id, OLD.status, NEW.status
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'number_final_is_final';
END $$;

CREATE TRIGGER number_final_is_final
    BEFORE UPDATE OF status ON dids_phonenumber
    FOR EACH ROW WHEN (OLD.status IN ('PORTED_OUT', 'RELEASED') AND NEW.status <> OLD.status)
    EXECUTE FUNCTION dids_number_is_history();
"""

DROP = """
DROP TRIGGER number_final_is_final ON dids_phonenumber;
DROP FUNCTION dids_number_is_history();
"""


class Migration(migrations.Migration):
    dependencies = [("dids", "0040_ported_out_returns")]

    operations = [migrations.RunSQL(GUARD, DROP)]
