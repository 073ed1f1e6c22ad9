"""Steps can only be appended, and a case moves only along the transition table."""

import json

from django.db import migrations

from cases.workflow import TRANSITIONS, State

# As the table stood when this ran; whoever changes it adds a migration that replaces the function.
MOVES = ", ".join(f"('{old}', '{new}')" for old, allowed in TRANSITIONS.items() for new in allowed)
LABELS = json.dumps({state.value: state.label for state in State}, ensure_ascii=False)

RULES = f"""
CREATE TRIGGER step_append_only BEFORE UPDATE OR DELETE ON cases_step
FOR EACH ROW EXECUTE FUNCTION liaison_append_only('办理记录只能追加，不能修改或删除。');

CREATE FUNCTION cases_move_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    labels CONSTANT jsonb := '{LABELS}';
BEGIN
    IF (OLD.state, NEW.state) IN ({MOVES}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01',
        MESSAGE = format('“%s”的事项不能变为“%s”。', labels ->> OLD.state, labels ->> NEW.state);
END $$;

CREATE TRIGGER case_moves_along_the_table BEFORE UPDATE OF state ON cases_case
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION cases_move_allowed();
"""
NO_RULES = """
DROP TRIGGER case_moves_along_the_table ON cases_case;
DROP FUNCTION cases_move_allowed();
DROP TRIGGER step_append_only ON cases_step;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial"), ("liaison", "0002_grants_and_entries")]

    operations = [migrations.RunSQL(RULES, NO_RULES)]
