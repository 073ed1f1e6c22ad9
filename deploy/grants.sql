-- What the app and backup roles may do in one database; run by its owner, before the first migration.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT, TEMPORARY ON DATABASE %I TO liaison_app, liaison_backup', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO liaison_app, liaison_backup;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO liaison_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO liaison_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO liaison_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO liaison_backup;

ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO liaison_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO liaison_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO liaison_backup;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO liaison_backup;

-- The trail only grows (manage.py check_wall): the application adds entries and seals, the database itself keeps the queue
-- and the anchors. Named here as well as in the migration, because this file may be run again.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['liaison_entry', 'liaison_seal', 'liaison_unsealed', 'liaison_anchor'] LOOP
        IF to_regclass('public.' || one) IS NOT NULL THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM liaison_app', one);
        END IF;
    END LOOP;
    FOREACH one IN ARRAY ARRAY['liaison_unsealed', 'liaison_anchor'] LOOP
        IF to_regclass('public.' || one) IS NOT NULL THEN
            EXECUTE format('REVOKE INSERT ON %I FROM liaison_app', one);
        END IF;
    END LOOP;
END
$$;
