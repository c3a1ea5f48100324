from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_organization_in_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above accounts_organization%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'kind, parent and path of an organization do not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_in_tree';
    END IF;
    IF NEW.parent_id IS NULL THEN
        IF NEW.path <> '/' || NEW.id || '/' THEN
            RAISE EXCEPTION 'path % does not fit the provider', NEW.path
                USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_in_tree';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO above FROM accounts_organization WHERE id = NEW.parent_id;
    IF above.kind = 'TENANT' THEN
        RAISE EXCEPTION 'a tenant has nobody below it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_in_tree';
    END IF;
    IF NEW.path <> above.path || NEW.id || '/' THEN
        RAISE EXCEPTION 'path % does not continue %', NEW.path, above.path
            USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_in_tree';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_organization_in_tree BEFORE INSERT ON accounts_organization
    FOR EACH ROW EXECUTE FUNCTION accounts_organization_in_tree();
CREATE TRIGGER accounts_organization_stays BEFORE UPDATE ON accounts_organization
    FOR EACH ROW WHEN ((OLD.kind, OLD.parent_id, OLD.path) IS DISTINCT FROM
                       (NEW.kind, NEW.parent_id, NEW.path))
    EXECUTE FUNCTION accounts_organization_in_tree();
"""

BACKWARD = """
DROP TRIGGER accounts_organization_stays ON accounts_organization;
DROP TRIGGER accounts_organization_in_tree ON accounts_organization;
DROP FUNCTION accounts_organization_in_tree();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
