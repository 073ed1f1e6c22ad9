"""The second wall: row-level security on everything that belongs to an office, and keys that keep its rows together.

Declared here as it should stand; migrations build it with the builders below from lists of their own, and
`manage.py check_wall` compares what the database has with what is declared.
"""

from reports.links import LINKS, signature

POLICY = "reach"
# InitPlan and hashed subplan: asked once a query, whatever the number of rows and organisations.
REACHED = "SELECT unnest(string_to_array(nullif(current_setting('liaison.reach', true), '*'), ',')::bigint[])"
EVERYTHING = "(SELECT current_setting('liaison.reach', true) = '*')"

# Tables whose rows carry their own organisation.
OWNED = (
    "activities_activity", "activities_mediareport", "activities_output", "activities_programme", "activities_taskgroup", "cases_case", "cases_caseseries", "cases_choice", "cases_erasure",
    "cases_instruction", "cases_intake", "cases_outcome", "cases_step", "cases_submission", "liaison_attachment", "liaison_job", "liaison_notice", "liaison_robot",
    "reception_receptionday", "reception_visit", "reports_cell", "reports_datacheck", "reports_periodreport", "reports_reporttemplate",
    "reports_rolled", "reports_savedview", "reports_supplement",
    "studios_contact", "studios_fund", "studios_leaderlink", "studios_paper", "studios_studio",
)  # fmt: skip

# Of those: table → account to which a row is addressed. It reaches the row whatever office that is about.
RECEIVED = {"liaison_notice": "account_id"}

# Table → (column, table it hangs on): seen with the row it hangs on.
HANGING = {
    "activities_activity_co_organisers": ("activity_id", "activities_activity"),
    "activities_mediareport_praised": ("mediareport_id", "activities_mediareport"),
    "activities_participation": ("activity_id", "activities_activity"),
    "cases_case_joint_departments": ("case_id", "cases_case"),
    "cases_case_visits": ("case_id", "cases_case"),
    "cases_submission_joint_authors": ("submission_id", "cases_submission"),
    "cases_submission_joint_departments": ("submission_id", "cases_submission"),
    "cases_submission_source_cases": ("submission_id", "cases_submission"),
    "reception_duty": ("reception_day_id", "reception_receptionday"),
    "reception_dutyswap": ("reception_day_id", "reception_receptionday"),
    "reception_visit_receivers": ("visit_id", "reception_visit"),
    "reports_periodreport_built_from": ("from_periodreport_id", "reports_periodreport"),
    "reports_reportfigure": ("report_id", "reports_periodreport"),
    "studios_guidance": ("studio_id", "studios_studio"),
    "studios_posting": ("studio_id", "studios_studio"),
    "studios_receptionrule": ("studio_id", "studios_studio"),
    "studios_spending": ("fund_id", "studios_fund"),
    "studios_standardcheck": ("studio_id", "studios_studio"),
    "studios_studio_sectors": ("studio_id", "studios_studio"),
}

# Reviewed: what stands outside the wall, and why.
OPEN = {
    # The directory: who and where. People are looked up across offices (四级委员), so the application decides.
    "liaison_activitygroup", "liaison_base", "liaison_category", "liaison_department", "liaison_division",
    "liaison_holiday", "liaison_member", "liaison_organisation", "liaison_partymembership", "liaison_seat",
    "liaison_seat_groups", "liaison_sector", "liaison_specialcommittee", "liaison_term",
    # Read before anybody is known; the trail only grows, its queue and anchors hold numbers and digests alone.
    "liaison_account", "liaison_anchor", "liaison_entry", "liaison_grant", "liaison_seal", "liaison_unsealed",
    "django_session",
    # What an account wants to have sent (the address encrypted), and what was sent, without its content: put down for
    # whomever a notice is addressed to, and looked after by the system administrator, who reaches no office.
    "liaison_noticesetting", "liaison_delivery",
    # What opens an account and who is logged in: read before anybody is known, shown to the account alone.
    "liaison_apitoken", "reception_feed", "liaison_pastpassword", "liaison_signincode", "mfa_authenticator", "usersessions_usersession",
    # Come with the log-in's library and stay empty: there are no e-mail addresses.
    "account_emailaddress", "account_emailconfirmation",
    # The roll-up's own notes, without content; Django's own tables.
    "reports_dirty", "reports_verification", "auth_group", "auth_group_permissions", "auth_permission",
    "django_admin_log", "django_content_type", "django_migrations",
}  # fmt: skip

# What the application's role must not be able to do to the trail (liaison/migrations/…_trail.py).
FORBIDDEN = {
    "liaison_entry": ("UPDATE", "DELETE", "TRUNCATE"),
    "liaison_seal": ("UPDATE", "DELETE", "TRUNCATE"),
    "liaison_unsealed": ("INSERT", "UPDATE", "DELETE", "TRUNCATE"),
    "liaison_anchor": ("INSERT", "UPDATE", "DELETE", "TRUNCATE"),
}

# Child, column, parent: both carry an organisation, and it must be the same one.
TOGETHER = (
    ("activities_mediareport", "activity_id", "activities_activity"),
    ("activities_output", "activity_id", "activities_activity"),
    ("activities_taskgroup", "programme_id", "activities_programme"),
    ("cases_choice", "case_id", "cases_case"),
    ("cases_instruction", "submission_id", "cases_submission"),
    ("cases_intake", "case_id", "cases_case"),
    ("cases_step", "case_id", "cases_case"),
    ("reception_visit", "reception_day_id", "reception_receptionday"),
)


def policy(table: str, condition: str) -> str:
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {POLICY} ON {table} USING ({condition}) WITH CHECK ({condition});"""


def no_policy(table: str) -> str:
    return f"""
DROP POLICY {POLICY} ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"""


def owned() -> str:
    return f"{EVERYTHING} OR organisation_id IN ({REACHED})"


def received(column: str) -> str:
    return f"{owned()} OR {column} = (SELECT nullif(current_setting('liaison.account', true), '')::bigint)"


def hanging(column: str, parent: str) -> str:
    return f"{EVERYTHING} OR EXISTS (SELECT FROM {parent} p WHERE p.id = {column})"


def together(child: str, column: str, parent: str) -> str:
    """A foreign key over the organisation too: checks of foreign keys see past every policy."""
    return f"""
ALTER TABLE {parent} ADD CONSTRAINT {parent}_with_organisation UNIQUE (id, organisation_id);
ALTER TABLE {child} ADD CONSTRAINT {child}_in_one_organisation FOREIGN KEY ({column}, organisation_id)
    REFERENCES {parent} (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"""


def not_together(child: str, column: str, parent: str) -> str:
    return f"""
ALTER TABLE {child} DROP CONSTRAINT {child}_in_one_organisation;
ALTER TABLE {parent} DROP CONSTRAINT {parent}_with_organisation;"""


# What an account may reach, read by the database itself: the offices of its grants, for clerks and leaders all below them,
# and the offices in whose rows its member or department is named.
REACH = """
CREATE FUNCTION liaison_reach(account bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE
    before CONSTANT text := coalesce(current_setting('liaison.reach', true), '');
    found text;
BEGIN
PERFORM set_config('liaison.reach', '*', true);
-- Whoever only works or reads for offices is named in no row: most requests, and a tenth of the time.
IF NOT EXISTS (SELECT FROM liaison_grant g WHERE g.account_id = account
               AND g.role NOT IN ('clerk', 'leader', 'admin', 'security', 'auditor')) THEN
    SELECT CASE WHEN bool_or(o.path = '') THEN '*'
        ELSE (SELECT string_agg(DISTINCT r.id::text, ',') FROM liaison_organisation r
              WHERE r.path LIKE ANY (array_agg(o.path || '%'))) END
    INTO found
    FROM liaison_grant g JOIN liaison_account a ON a.id = g.account_id AND a.is_active
    JOIN liaison_organisation o ON o.id = g.organisation_id
    WHERE g.account_id = account AND g.role IN ('clerk', 'leader');
    PERFORM set_config('liaison.reach', before, true);
    RETURN found;
END IF;
WITH granted AS (
    SELECT g.role, g.department_id, o.id, o.path, CASE g.role WHEN 'member' THEN a.member_id END AS member
    FROM liaison_grant g JOIN liaison_account a ON a.id = g.account_id AND a.is_active
    JOIN liaison_organisation o ON o.id = g.organisation_id
    WHERE g.account_id = account AND g.role NOT IN ('admin', 'security', 'auditor')
),
members AS (SELECT member FROM granted WHERE member IS NOT NULL),
departments AS (SELECT department_id FROM granted WHERE role = 'department'),
reached AS (
    SELECT id FROM granted
    UNION SELECT o.id FROM granted g JOIN liaison_organisation o ON o.path LIKE g.path || '%'
        WHERE g.role IN ('clerk', 'leader')
    UNION SELECT organisation_id FROM studios_studio
        WHERE liaison_officer_id = account AND EXISTS (SELECT FROM granted WHERE role = 'liaison_officer')
    UNION SELECT s.organisation_id FROM studios_posting p JOIN studios_studio s ON s.id = p.studio_id
        WHERE p.member_id IN (SELECT member FROM members)
    UNION SELECT d.organisation_id FROM reception_duty x JOIN reception_receptionday d ON d.id = x.reception_day_id
        WHERE x.member_id IN (SELECT member FROM members)
    UNION SELECT v.organisation_id FROM reception_visit_receivers x JOIN reception_visit v ON v.id = x.visit_id
        WHERE x.member_id IN (SELECT member FROM members)
    UNION SELECT a.organisation_id FROM activities_participation x JOIN activities_activity a ON a.id = x.activity_id
        WHERE x.member_id IN (SELECT member FROM members)
    UNION SELECT organisation_id FROM cases_case WHERE member_id IN (SELECT member FROM members)
    UNION SELECT organisation_id FROM cases_submission WHERE first_author_id IN (SELECT member FROM members)
    UNION SELECT organisation_id FROM studios_contact WHERE member_id IN (SELECT member FROM members)
    UNION SELECT l.organisation_id FROM studios_leaderlink l JOIN liaison_seat s ON s.id = l.leader_id
        WHERE s.member_id IN (SELECT member FROM members)
    UNION SELECT organisation_id FROM cases_case WHERE lead_department_id IN (SELECT department_id FROM departments)
    UNION SELECT c.organisation_id FROM cases_case_joint_departments x JOIN cases_case c ON c.id = x.case_id
        WHERE x.department_id IN (SELECT department_id FROM departments)
)
SELECT CASE WHEN EXISTS (SELECT FROM granted WHERE path = '' AND role IN ('clerk', 'leader')) THEN '*'
    ELSE (SELECT string_agg(id::text, ',') FROM reached) END INTO found;
PERFORM set_config('liaison.reach', before, true);
RETURN found;
END $$;
"""
NO_REACH = "DROP FUNCTION liaison_reach(bigint);"


def breaches(cursor) -> list[str]:
    """What is wrong with the wall as this connection finds it, one sentence each; empty when it stands.

    Asks as the role the product runs as: it must neither be above the policies nor own what they guard.
    """
    found = []
    cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    is_super, bypasses = cursor.fetchone()
    if is_super or bypasses:
        found.append("应用使用的数据库角色是超级用户或可绕过行级安全，请改用 deploy/roles.sql 建立的 liaison_app。")
    cursor.execute(
        """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
                   SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd = '*'
                   AND p.polname = %s AND pg_get_expr(p.polqual, c.oid) = pg_get_expr(p.polwithcheck, c.oid)
               ) AND (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) = 1,
               EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
                       AND pg_get_expr(p.polqual, c.oid) LIKE '%%liaison.account%%'),
               pg_has_role(current_user, c.relowner, 'MEMBER')
        FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1""",
        [POLICY],
    )
    own = []
    for table, is_walled, is_received, is_own in cursor.fetchall():
        own += [table] if is_own and not is_super else []
        if is_received != (table in RECEIVED):
            found.append(f"表 {table} 的行级安全策略对收件账号的规定与声明不符。")
        if table in OWNED or table in HANGING:
            found += [] if is_walled else [f"表 {table} 没有行级安全，或策略不止一条。"]
        elif table not in OPEN:
            found.append(f"表 {table} 既没有行级安全，也不在审定的例外之中。")
    if own:
        found.append(
            f"应用使用的数据库角色是 {own[0]} 等 {len(own)} 张表的所有者，请改用 deploy/roles.sql 建立的 liaison_app。"
        )
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conname LIKE %s", ["%_in_one_organisation"]
    )
    keys = {name for (name,) in cursor.fetchall()}
    found += [
        f"表 {child} 缺少同一组织的外键。" for child, *_ in TOGETHER if f"{child}_in_one_organisation" not in keys
    ]
    return found + _open_trail(cursor) + loose_links(cursor)


def _open_trail(cursor) -> list[str]:
    """Tables of the trail that the role could do more with than it needs; grants on single columns included."""
    found = []
    for table, acts in FORBIDDEN.items():
        columns = [act for act in acts if act in ("INSERT", "UPDATE")]
        cursor.execute(
            """SELECT has_table_privilege(%(table)s, %(acts)s)
            OR (%(columns)s <> '' AND has_any_column_privilege(%(table)s, nullif(%(columns)s, '')))""",
            {"table": table, "acts": ",".join(acts), "columns": ",".join(columns)},
        )
        if cursor.fetchone()[0]:
            found.append(f"应用使用的数据库角色可以改动操作记录的表 {table}，请以表的所有者再执行 deploy/grants.sql。")
    return found


def loose_links(cursor) -> list[str]:
    """Links to other offices' rows that no trigger keeps as it was reviewed, one sentence each."""
    cursor.execute(
        """
        SELECT c.relname, f.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
        WHERE f.proname = 'links_of_' || c.relname AND t.tgenabled IN ('O', 'A')
        GROUP BY 1, 2 HAVING count(*) = 2"""
    )
    kept = dict(cursor.fetchall())
    return [
        f"表 {table} 的 {link.column} 没有核对跨组织的触发器，或规则不符。"
        for table, links in LINKS.items()
        for link in links
        if f"{signature(table, link)}\n" not in kept.get(table, "")
    ]
