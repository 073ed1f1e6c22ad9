"""SQL of the triggers that note what changed; migrations call these builders with literal arguments.

One small statement-level function per fact table. It runs in the writer's own transaction, so that a writer that
commits late leaves its own note, and covers forms, bulk updates, imports and raw SQL alike (STATISTICS §4).
"""

EVENTS = ("insert", "update", "delete", "truncate")


def note(table: str, dates: list[tuple[str, str]], parents: list[tuple[str, str]] = ()) -> str:
    """Triggers on a fact table.

    dates: (source, date column) pairs · parents: (parent table, foreign key column) pairs. A child takes a share lock
    on its parent: while one transaction changes whether the children count, no other can slip a child past it.
    """
    name = f"reports_note_{table}"
    new, old = _months(dates, "new_rows"), _months(dates, "old_rows")
    locks = "".join(_lock(parent, column) for parent, column in parents)
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {locks}{_insert(new)}
  ELSIF TG_OP = 'DELETE' THEN
    {_insert(old)}
  ELSIF TG_OP = 'UPDATE' THEN
    {locks}{_insert(f"{new} UNION {old}")}
  ELSE
    {_insert_every(dates)}
  END IF;
  RETURN NULL;
END $body$;
{_on_each(table, name)}"""


def unnote(table: str) -> str:
    return _drop(table, f"reports_note_{table}", EVENTS)


def note_children(parent: str, child: str, foreign_key: str, dates: list[tuple[str, str]], columns: list[str]) -> str:
    """A trigger on a parent: when one of `columns` changes, the months of its children are noted."""
    name = f"reports_note_{child}_of_{parent}"
    changed = " OR ".join(f"n.{column} IS DISTINCT FROM o.{column}" for column in columns)
    changed_parents = f"SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE {changed}"
    rows = f"(SELECT c.* FROM {child} c WHERE c.{foreign_key} IN ({changed_parents})) children"
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  {_insert(_months(dates, rows))}
  RETURN NULL;
END $body$;
{_on(parent, name, "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows")}
"""


def unnote_children(parent: str, child: str) -> str:
    return _drop(parent, f"reports_note_{child}_of_{parent}", ("update",))


def note_basis(table: str, bases: list[str], columns: list[str]) -> str:
    """Triggers on a table whose rows say who stands where and when (reports/heads.py): what is noted is that something changed.

    bases: of the heads that are counted by it · columns: an update of others is no change.
    """
    name = f"reports_note_basis_{table}"
    changed = f"SELECT {', '.join(['id', *columns])} FROM"
    notes = ", ".join(f"('heads:{basis}')" for basis in bases)
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NOT EXISTS ({changed} new_rows EXCEPT {changed} old_rows) THEN RETURN NULL; END IF;
  END IF;
  INSERT INTO reports_dirty (source) VALUES {notes};
  RETURN NULL;
END $body$;
{_on_each(table, name)}"""


def unnote_basis(table: str) -> str:
    return _drop(table, f"reports_note_basis_{table}", EVENTS)


def note_joined(table: str, foreign_key: str, parent: str, dates: list[tuple[str, str]]) -> str:
    """Triggers on a table of a many-to-many field: the months of the rows that it hangs on are noted.

    It takes a share lock on them, so that none changes its month meanwhile. An erased row notes itself.
    """
    name = f"reports_note_{table}"
    of = f"(SELECT p.* FROM {parent} p WHERE p.id IN (SELECT {foreign_key} FROM {{}})) hung_on"
    new, old = (
        f"{_lock(parent, foreign_key, rows)}{_insert(_months(dates, of.format(rows)))}"
        for rows in ("new_rows", "old_rows")
    )
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    {new}
  END IF;
  IF TG_OP IN ('DELETE', 'UPDATE') THEN
    {old}
  END IF;
  IF TG_OP = 'TRUNCATE' THEN
    {_insert_every(dates)}
  END IF;
  RETURN NULL;
END $body$;
{_on_each(table, name)}"""


def unnote_joined(table: str) -> str:
    return _drop(table, f"reports_note_{table}", EVENTS)


def _months(dates: list[tuple[str, str]], rows: str) -> str:
    return " UNION ".join(
        f"SELECT '{source}', organisation_id, date_trunc('month', {column}::timestamp)::date "
        f"FROM {rows} WHERE {column} IS NOT NULL"
        for source, column in dates
    )


def _insert(select: str) -> str:
    return f"INSERT INTO reports_dirty (source, organisation_id, month) {select};"


def _insert_every(dates: list[tuple[str, str]]) -> str:
    return (
        "INSERT INTO reports_dirty (source, organisation_id, month)\n"
        f"    SELECT DISTINCT source, organisation_id, month FROM reports_cell WHERE source IN ({_sources(dates)});"
    )


def _lock(parent: str, column: str, rows: str = "new_rows") -> str:
    # In the order of ids, so that two writers never wait for each other.
    return f"PERFORM 1 FROM {parent} WHERE id IN (SELECT {column} FROM {rows}) ORDER BY id FOR SHARE;\n    "


def _sources(dates: list[tuple[str, str]]) -> str:
    return ", ".join(sorted({f"'{source}'" for source, _ in dates}))


def _on_each(table: str, name: str) -> str:
    return f"""{_on(table, name, "INSERT", "NEW TABLE AS new_rows")}
{_on(table, name, "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows")}
{_on(table, name, "DELETE", "OLD TABLE AS old_rows")}
CREATE TRIGGER {name}_truncate AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""


def _on(table: str, name: str, event: str, referencing: str) -> str:
    return (
        f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table} REFERENCING {referencing} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
    )


def _drop(table: str, name: str, events: tuple[str, ...]) -> str:
    triggers = "".join(f"DROP TRIGGER {name}_{event} ON {table};\n" for event in events)
    return f"{triggers}DROP FUNCTION {name}();"
