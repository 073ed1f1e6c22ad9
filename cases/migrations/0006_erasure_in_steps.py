"""A visitor can be erased from steps, by one function of the owner; otherwise they are only ever appended."""

from django.db import migrations

# current_user is the owner inside the function alone: the app's own statements run as another role.
RULES = """
CREATE FUNCTION cases_step_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('cases.erasing', true) = 'on'
        AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
        AND (NEW.id, NEW.case_id, NEW.organisation_id, NEW.state, NEW.at) = (OLD.id, OLD.case_id, OLD.organisation_id, OLD.state, OLD.at)
        AND NEW.by_id IS NOT DISTINCT FROM OLD.by_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = TG_ARGV[0];
END $$;

DROP TRIGGER step_append_only ON cases_step;
CREATE TRIGGER step_append_only BEFORE UPDATE OR DELETE ON cases_step
FOR EACH ROW EXECUTE FUNCTION cases_step_append_only('办理记录只能追加，不能修改或删除。');

CREATE FUNCTION cases_erase_words(said text, words text[], numbers text, mark text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    word text;
BEGIN
    FOREACH word IN ARRAY words LOOP
        said := replace(said, word, mark);
    END LOOP;
    RETURN regexp_replace(said, numbers, mark, 'g');
END $$;

CREATE FUNCTION cases_erase_in_steps(cases bigint[], words text[], numbers text, mark text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    changed bigint;
BEGIN
    PERFORM set_config('cases.erasing', 'on', true);
    WITH cleaned AS (
        SELECT id, cases_erase_words(note, words, numbers, mark) AS note,
               cases_erase_words(department_reply, words, numbers, mark) AS department_reply
        FROM cases_step WHERE case_id = ANY(cases)
    )
    UPDATE cases_step s SET note = c.note, department_reply = c.department_reply FROM cleaned c
    WHERE s.id = c.id AND (s.note, s.department_reply) IS DISTINCT FROM (c.note, c.department_reply);
    GET DIAGNOSTICS changed = ROW_COUNT;
    PERFORM set_config('cases.erasing', '', true);
    RETURN changed;
END $$;
"""
NO_RULES = """
DROP FUNCTION cases_erase_in_steps(bigint[], text[], text, text);
DROP FUNCTION cases_erase_words(text, text[], text, text);
DROP TRIGGER step_append_only ON cases_step;
DROP FUNCTION cases_step_append_only();
CREATE TRIGGER step_append_only BEFORE UPDATE OR DELETE ON cases_step
FOR EACH ROW EXECUTE FUNCTION liaison_append_only('办理记录只能追加，不能修改或删除。');
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_erasures")]

    operations = [migrations.RunSQL(RULES, NO_RULES)]
