"""The app role may ask for fresh planner statistics, which PostgreSQL before 17 allows to the owner of a table alone.

Right after a bulk load the planner knows nothing of the new rows until autovacuum comes by, a minute later; until then
a count that joins two big tables may take minutes instead of milliseconds.
"""

from django.db import migrations

ANALYZE = """
CREATE FUNCTION liaison_analyze() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    own regclass;
BEGIN
    FOR own IN SELECT oid FROM pg_class WHERE relkind = 'r' AND pg_get_userbyid(relowner) = current_user ORDER BY oid
    LOOP
        EXECUTE format('ANALYZE %s', own);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("liaison", "0002_grants_and_entries"),
    ]

    operations = [migrations.RunSQL(ANALYZE, "DROP FUNCTION liaison_analyze();")]
