"""What a router's agent may read and say: schema `feed`, cut to the switch of its login."""

from __future__ import annotations

from django.db import migrations

CREATE = """
CREATE SCHEMA feed;

CREATE VIEW feed.me WITH (security_barrier) AS
    SELECT n.name::text AS node, n.pbx_id AS pbx, 'pbx_' || n.pbx_id AS channel
    FROM public.provisioning_pbxnode n
    WHERE n.login = session_user;

CREATE VIEW feed.head WITH (security_barrier) AS
    SELECT h."table"::text AS tbl, h.version, h.rows, h.oldest
    FROM public.provisioning_routehead h
    WHERE h.pbx_id = (SELECT n.pbx_id FROM public.provisioning_pbxnode n WHERE n.login = session_user);

CREATE VIEW feed.entry WITH (security_barrier) AS
    SELECT 'inbound'::text AS tbl, r.did::text AS key, r.value::text AS value
    FROM public.provisioning_inboundroute r
    WHERE r.pbx_id = (SELECT n.pbx_id FROM public.provisioning_pbxnode n WHERE n.login = session_user)
    UNION ALL
    SELECT f."table"::text, f.key::text, f.value::text
    FROM public.provisioning_routerfact f
    WHERE f.pbx_id = (SELECT n.pbx_id FROM public.provisioning_pbxnode n WHERE n.login = session_user);

CREATE VIEW feed.change WITH (security_barrier) AS
    SELECT c."table"::text AS tbl, c.version, c.key::text AS key, c.new::text AS value
    FROM public.provisioning_routechange c
    WHERE c.pbx_id = (SELECT n.pbx_id FROM public.provisioning_pbxnode n WHERE n.login = session_user);

CREATE FUNCTION feed.acknowledge(tbl text, version bigint, rows bigint, mode text, ready boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
    me bigint;
BEGIN
    SELECT n.id INTO me FROM public.provisioning_pbxnode n WHERE n.login = session_user;
    IF me IS NULL THEN
        RAISE EXCEPTION 'This login belongs to no router. Enrol the router again.';
    END IF;
    IF tbl NOT IN ('inbound', 'sources', 'targets', 'settings') THEN
        RAISE EXCEPTION 'There is no table of that name.';
    END IF;
    INSERT INTO public.provisioning_nodeack
        (node_id, "table", version, rows, mode, ready, seen_at)
    VALUES (me, tbl, version, rows, left(mode, 8), ready, clock_timestamp())
    ON CONFLICT (node_id, "table") DO UPDATE SET
        version = excluded.version, rows = excluded.rows, mode = excluded.mode,
        ready = excluded.ready, seen_at = excluded.seen_at;
END
$body$;

REVOKE ALL ON SCHEMA feed FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA feed FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA feed FROM PUBLIC;
"""

DROP = "DROP SCHEMA feed CASCADE;"


# Routes move in place more often than they come; the queue of dirty rows is emptied all the time.
STORAGE = """
ALTER TABLE provisioning_inboundroute SET (fillfactor = 85);
ALTER TABLE provisioning_routehead SET (fillfactor = 50);
ALTER TABLE provisioning_dirtyroute
    SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
"""


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
