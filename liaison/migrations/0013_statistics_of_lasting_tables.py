"""Fresh planner statistics skip temporary tables: another session's cannot be read, and the owner's import makes some."""

from django.db import migrations

ANALYZE = """
CREATE OR REPLACE FUNCTION liaison_analyze() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
    own regclass;
BEGIN
    FOR own IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relpersistence <> 't' AND pg_get_userbyid(relowner) = current_user ORDER BY oid
    LOOP
        EXECUTE format('ANALYZE %s', own);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("liaison", "0012_notices")]

    operations = [migrations.RunSQL(ANALYZE, migrations.RunSQL.noop)]
