"""Links that may name a row of another office, reviewed one by one and kept by triggers (docs/decisions/0020).

Foreign keys see past every policy, and what one office may name of another is more than a key can say: a provincial member
works in a county's studio, a city's committee guides one. Declared here as it should stand; a migration builds it with the
builders below from a list of its own, `manage.py check_wall` compares.
"""

from typing import NamedTuple

# Whose row may be named, seen from the office that owns the naming row.
SAME, LINE, PERSON, SECTOR = "same", "line", "person", "sector"
RULES = {
    SAME: "所选{}不属于这个政协组织。",
    # One of the two offices stands above the other.
    LINE: "所选{}属于没有上下级关系的政协组织，不能用在这里。",
    # Registered, seated or living in line, or registered in the same city: members work across its counties (跨区域联动履职).
    # Entries that were merged into this one speak for it.
    PERSON: "所选{}没有在这个政协组织、其上下级或同一市登记、任职或居住，不能用在这里。",
    # In line, or what the person named beside it stands for, wherever that seat is.
    SECTOR: "所选{}属于没有上下级关系的政协组织，不能用在这里。",
}


class Link(NamedTuple):
    """column names a row of the table `target`; word: what a person calls it."""

    column: str
    target: str
    rule: str
    word: str


_STUDIO = Link("studio_id", "studios_studio", SAME, "工作室")
_MEMBER = Link("member_id", "liaison_member", PERSON, "委员")
_COMMITTEE = Link("special_committee_id", "liaison_specialcommittee", LINE, "专委会")
_SECTOR = Link("sector_id", "liaison_sector", SECTOR, "界别")
_ACTIVITY = Link("activity_id", "activities_activity", LINE, "活动")
_DEPARTMENT = Link("department_id", "liaison_department", LINE, "会办单位")
_LEAD_DEPARTMENT = Link("lead_department_id", "liaison_department", LINE, "主办单位")

LINKS = {
    # A city's activity takes place in a county's studio, for a programme or a committee of either.
    "activities_activity": (
        Link("studio_id", "studios_studio", LINE, "工作室"), _COMMITTEE,
        Link("programme_id", "activities_programme", LINE, "专项工作"),
        Link("leader_link_id", "studios_leaderlink", LINE, "包抓联系点"),
    ),
    "activities_mediareport": (_STUDIO,),
    "activities_mediareport_praised": (Link("member_id", "liaison_member", PERSON, "受表扬委员"),),
    "activities_taskgroup": (Link("leader_id", "liaison_member", PERSON, "牵头委员"),),
    "activities_output": (Link("file_id", "liaison_attachment", LINE, "文件"),),
    # Members of four levels take part in each other's work.
    "activities_participation": (_MEMBER, _SECTOR),
    # A matter is handed to a department above or below, and may rest on visits there.
    "cases_case": (
        _STUDIO, _MEMBER, _SECTOR, _LEAD_DEPARTMENT, Link("merged_into_id", "cases_case", SAME, "并入的事项"),
    ),
    "cases_case_joint_departments": (_DEPARTMENT,),
    "cases_case_visits": (Link("visit_id", "reception_visit", LINE, "来访"),),
    # A member of another office who is posted in the studio.
    "cases_choice": (_STUDIO, _MEMBER),
    "cases_erasure": (Link("visit_id", "reception_visit", SAME, "来访"), Link("intake_id", "cases_intake", SAME, "扫码说事")),
    "cases_outcome": (_STUDIO, _ACTIVITY, Link("case_id", "cases_case", LINE, "事项")),
    "cases_submission": (
        Link("first_author_id", "liaison_member", PERSON, "第一提交人"), _STUDIO, _ACTIVITY, _COMMITTEE,
        _LEAD_DEPARTMENT, Link("sector_id", "liaison_sector", LINE, "界别"),
        Link("file_id", "liaison_attachment", LINE, "文件"),
    ),
    "cases_submission_joint_authors": (Link("member_id", "liaison_member", PERSON, "联名人"),),
    "cases_submission_joint_departments": (_DEPARTMENT,),
    "cases_submission_source_cases": (Link("case_id", "cases_case", LINE, "来源事项"),),
    "reception_duty": (_MEMBER,),
    # Between colleagues of one team.
    "reception_dutyswap": (
        Link("giver_id", "liaison_member", PERSON, "原值班委员"), Link("taker_id", "liaison_member", PERSON, "接替委员"),
        Link("return_day_id", "reception_receptionday", SAME, "换回的接待日"),
    ),
    "reception_receptionday": (_STUDIO, Link("rule_id", "studios_receptionrule", SAME, "规则")),
    "reception_visit": (_STUDIO, _SECTOR),
    "reception_visit_receivers": (Link("member_id", "liaison_member", PERSON, "接待委员"),),
    # A city's report is built from its counties'.
    "reports_periodreport_built_from": (Link("to_periodreport_id", "reports_periodreport", LINE, "下级报告"),),
    "reports_supplement": (Link("paper_id", "liaison_attachment", SAME, "依据材料"),),
    "studios_contact": (_MEMBER, _STUDIO),
    "studios_fund": (_STUDIO,),
    # A city's committee guides a county's studio (联系指导).
    "studios_guidance": (_COMMITTEE, Link("liaison_member_id", "liaison_member", PERSON, "联络员")),
    # A leader looks after a studio or an office below (领导包抓联系).
    "studios_leaderlink": (
        Link("leader_id", "liaison_seat", LINE, "领导"), Link("studio_id", "studios_studio", LINE, "工作室"),
        Link("target_id", "liaison_organisation", LINE, "下级政协"),
    ),
    "studios_paper": (_STUDIO, Link("file_id", "liaison_attachment", LINE, "文件")),
    # A provincial member works in a county's studio.
    "studios_posting": (_MEMBER,),
    "studios_standardcheck": (Link("evidence_id", "liaison_attachment", LINE, "佐证材料"),),
    "studios_studio_sectors": (Link("sector_id", "liaison_sector", LINE, "界别"),),
}  # fmt: skip

# Reviewed: may name any office, for its name stands in the open directory and nothing follows from being named.
ANYWHERE = {("activities_activity_co_organisers", "organisation_id")}

# Whom a sector is stood for by, where the row itself does not say.
_STANDING = {
    "reception_visit": "SELECT v.member_id FROM reception_visit_receivers v WHERE v.visit_id = n.id",
}


def across(table: str, owner: tuple[str, str] | None, links: tuple[tuple[str, str, str, str], ...]) -> str:
    """Triggers that refuse a link outside its rule, with a sentence.

    owner: (column, table) through which the rows belong to an office, None when they carry it themselves. Inserted rows
    are asked about all at once; an updated one by itself and only when a link changed, for joining what was with what is
    would cost the square of a bulk update.
    """
    name, asked = f"links_of_{table}", [Link(*link) for link in links]
    columns = [owner[0] if owner else "organisation_id", *(link.column for link in asked)]
    inserted = "".join(_check(table, owner, link, "new_rows") for link in asked)
    updated = "".join(_check(table, owner, link, "(SELECT NEW.*)", [columns[0], link.column]) for link in asked)
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  before CONSTANT text := coalesce(current_setting('liaison.reach', true), '');
BEGIN
  -- What is named may lie beyond the writer's reach: it must be seen to be refused.
  PERFORM set_config('liaison.reach', '*', true);
  IF TG_OP = 'INSERT' THEN{inserted}
  ELSE{updated}
  END IF;
  PERFORM set_config('liaison.reach', before, true);
  RETURN NULL;
END $body$;
CREATE TRIGGER {name}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_update AFTER UPDATE OF {", ".join(columns)} ON {table}
  FOR EACH ROW WHEN ({_differs(columns)}) EXECUTE FUNCTION {name}();
"""


def not_across(table: str) -> str:
    name = f"links_of_{table}"
    return f"DROP TRIGGER {name}_insert ON {table};\nDROP TRIGGER {name}_update ON {table};\nDROP FUNCTION {name}();"


def rule_name(table: str, column: str) -> str:
    """What the database calls a broken rule; `liaison.constraints` finds the form's field by it."""
    return f"{table}_{column}_across"


def signature(table: str, link: Link) -> str:
    """Stands in the function, so that what is declared can be told from what was built."""
    return f"-- {rule_name(table, link.column)}: {link.rule} {link.target}"


def _differs(columns: list[str]) -> str:
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


def _check(
    table: str, owner: tuple[str, str] | None, link: Link, rows: str, changes: list[str] | tuple[str, ...] = ()
) -> str:
    owned = f"JOIN {owner[1]} w ON w.id = n.{owner[0]} JOIN" if owner else "JOIN"
    office = "w.organisation_id" if owner else "n.organisation_id"
    changed = f"({_differs(changes)}) AND " if changes else ""
    return f"""
    {signature(table, link)}
    IF {changed}EXISTS (
      SELECT FROM {rows} n {owned} liaison_organisation own ON own.id = {office}
      {_named(link)}
      WHERE {_broken(table, link)}
    ) THEN
      RAISE EXCEPTION USING ERRCODE = '23L01', CONSTRAINT = '{rule_name(table, link.column)}',
        MESSAGE = '{RULES[link.rule].format(link.word)}';
    END IF;"""


def _named(link: Link) -> str:
    """Joins what is named (t) and the office it belongs to (its)."""
    target = f"JOIN {link.target} t ON t.id = n.{link.column}"
    if link.target == "liaison_organisation":
        return f"{target} JOIN liaison_organisation its ON its.id = t.id"
    if link.target == "studios_receptionrule":
        return f"{target} JOIN studios_studio s ON s.id = t.studio_id JOIN liaison_organisation its ON its.id = s.organisation_id"
    return f"{target} JOIN liaison_organisation its ON its.id = t.organisation_id"


def _broken(table: str, link: Link) -> str:
    if link.rule == SAME:
        return "its.id <> own.id"
    outside = f"NOT ({_in_line('its')})"
    if link.rule == PERSON:
        return f"{outside} AND NOT ({_in_one_city('its')}) AND NOT EXISTS ({_AT_HOME})"
    if link.rule == SECTOR:
        who = _STANDING.get(table, "SELECT n.member_id")
        stood_for = f"SELECT FROM liaison_seat x WHERE x.sector_id = t.id AND x.member_id IN ({who})"
        return f"{outside} AND NOT EXISTS ({stood_for})"
    return outside


def _in_line(office: str) -> str:
    return f"starts_with({office}.path, own.path) OR starts_with(own.path, {office}.path)"


def _in_one_city(office: str) -> str:
    """Two paths of a city or below that begin with the same city's: 62 01."""
    return f"length({office}.path) >= 4 AND length(own.path) >= 4 AND left({office}.path, 4) = left(own.path, 4)"


# An entry of the person that is registered, seated or living where the naming office is.
_AT_HOME = f"""
        SELECT FROM liaison_member e JOIN liaison_organisation r ON r.id = e.organisation_id
        WHERE (e.id = t.id OR e.merged_into_id = t.id) AND (
          {_in_line("r")}
          OR EXISTS (SELECT FROM liaison_seat x JOIN liaison_organisation c ON c.id = x.organisation_id
                     WHERE x.member_id = e.id AND ({_in_line("c")}))
          OR EXISTS (SELECT FROM liaison_base b JOIN liaison_division d ON d.id = b.division_id
                     WHERE b.member_id = e.id AND starts_with(d.path, own.path)))"""
