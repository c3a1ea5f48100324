-- The feed as a router's login sees it, filled by hand: one switch, no tenants around it.
CREATE SCHEMA feed;
CREATE TABLE feed.head (
    tbl text PRIMARY KEY, version bigint NOT NULL DEFAULT 0, rows bigint NOT NULL DEFAULT 0,
    oldest bigint NOT NULL DEFAULT 1);
CREATE TABLE feed.entry (tbl text, key text, value text NOT NULL, PRIMARY KEY (tbl, key));
CREATE TABLE feed.change (
    tbl text, version bigint, key text, value text, PRIMARY KEY (tbl, version, key));
CREATE TABLE feed.ack (
    tbl text PRIMARY KEY, version bigint, rows bigint, mode text, ready boolean,
    seen_at timestamptz);
CREATE VIEW feed.me AS SELECT 'router'::text AS node, 1 AS pbx, 'pbx_1'::text AS channel;
INSERT INTO feed.head (tbl) VALUES ('inbound'), ('sources'), ('targets'), ('settings');

CREATE FUNCTION feed.acknowledge(tbl text, version bigint, rows bigint, mode text, ready boolean)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO feed.ack VALUES (tbl, version, rows, mode, ready, clock_timestamp())
    ON CONFLICT (tbl) DO UPDATE SET version = excluded.version, rows = excluded.rows,
        mode = excluded.mode, ready = excluded.ready, seen_at = excluded.seen_at
$$;

CREATE FUNCTION feed.publish(p_tbl text, p_keys text[], p_values text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE v bigint;
BEGIN
    UPDATE feed.head SET version = version + 1 WHERE tbl = p_tbl RETURNING version INTO v;
    INSERT INTO feed.change SELECT p_tbl, v, k, x FROM unnest(p_keys, p_values) AS u(k, x);
    DELETE FROM feed.entry e WHERE e.tbl = p_tbl AND e.key = ANY (p_keys);
    INSERT INTO feed.entry
        SELECT p_tbl, k, x FROM unnest(p_keys, p_values) AS u(k, x) WHERE x IS NOT NULL;
    UPDATE feed.head SET rows = (SELECT count(*) FROM feed.entry e WHERE e.tbl = p_tbl)
        WHERE tbl = p_tbl AND cardinality(p_keys) < 1000;
    PERFORM pg_notify('pbx_1', p_tbl || ':' || v);
    RETURN v;
END $$;
