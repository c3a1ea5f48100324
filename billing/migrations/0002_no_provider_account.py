from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_account_is_not_the_providers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT kind FROM accounts_organization WHERE id = NEW.organization_id) = 'PROVIDER' THEN
        RAISE EXCEPTION 'the provider has no account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_not_the_providers';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_account_is_not_the_providers
    BEFORE INSERT OR UPDATE OF organization_id ON billing_account
    FOR EACH ROW EXECUTE FUNCTION billing_account_is_not_the_providers();
"""

BACKWARD = """
DROP TRIGGER billing_account_is_not_the_providers ON billing_account;
DROP FUNCTION billing_account_is_not_the_providers();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("accounts", "0002_tree")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
