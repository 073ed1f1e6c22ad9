-- The three roles and the database, made once by the database administrator; safe to run again:
--
--   LIAISON_OWNER_PASSWORD=… LIAISON_APP_PASSWORD=… LIAISON_BACKUP_PASSWORD=… \
--       psql --host … --username postgres --file deploy/roles.sql
--
-- liaison_owner   owns the database and its tables; only migrations run as this role
-- liaison_app     web server, worker, commands: no superuser, no bypassrls, owns nothing
-- liaison_backup  read only, sees every row: pg_dump under forced row-level security needs that
--
-- psql 14 or later (\getenv), PostgreSQL 15 or later.
\set ON_ERROR_STOP on
\getenv owner_password LIAISON_OWNER_PASSWORD
\getenv app_password LIAISON_APP_PASSWORD
\getenv backup_password LIAISON_BACKUP_PASSWORD

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['liaison_owner', 'liaison_app', 'liaison_backup']) AS name
WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec

-- CREATEDB lets the owner make and drop the databases of the test run.
ALTER ROLE liaison_owner
    LOGIN NOSUPERUSER NOCREATEROLE CREATEDB NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE liaison_app
    LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE liaison_backup
    LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION BYPASSRLS PASSWORD :'backup_password';
ALTER ROLE liaison_backup SET default_transaction_read_only = on;

SELECT 'CREATE DATABASE liaison OWNER liaison_owner ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'liaison') \gexec

\connect liaison
SET ROLE liaison_owner;
\ir grants.sql
