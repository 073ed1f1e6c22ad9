"""Which role may do what: one readable table that the admin, the pages and the tests obey.

Letters: v view, a add, c change (voiding included), d delete. A model that is absent is out of reach.
"""

from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDITOR = "auditor", "审计管理员"
    CLERK = "clerk", "政协机关工作人员"
    LIAISON_OFFICER = "liaison_officer", "工作室联络员"
    MEMBER = "member", "委员"
    LEADER = "leader", "领导"
    DEPARTMENT = "department", "承办单位"


# 三权分立: each of the three excludes every other role and sees no business records.
ADMINISTRATORS = frozenset({Role.ADMIN, Role.SECURITY, Role.AUDITOR})
# Who works in the admin.
OFFICE = ADMINISTRATORS | {Role.CLERK, Role.LIAISON_OFFICER, Role.DEPARTMENT}
# Who reads totals.
READERS = frozenset({Role.CLERK, Role.LEADER})
# Who records in the studios that are their own: posted there, or named as its officer.
RECORDERS = frozenset({Role.MEMBER, Role.LIAISON_OFFICER, Role.CLERK})
# Who prints what hangs in a studio.
POSTERS = frozenset({Role.LIAISON_OFFICER, Role.CLERK})

MAY = {
    Role.ADMIN: {
        "liaison.division": "v",
        "liaison.organisation": "vac",
        "liaison.category": "vacd",
        "liaison.holiday": "vacd",
        "liaison.account": "vac",
        "liaison.delivery": "vc",
    },
    Role.SECURITY: {"liaison.organisation": "v", "liaison.account": "vc", "liaison.grant": "vacd"},
    Role.AUDITOR: {"liaison.entry": "v"},
    Role.CLERK: {
        "liaison.division": "v",
        "liaison.organisation": "vc",
        "liaison.category": "v",
        "liaison.holiday": "vacd",
        "liaison.term": "vacd",
        "liaison.specialcommittee": "vac",
        "liaison.activitygroup": "vacd",
        "liaison.sector": "vac",
        "liaison.member": "vac",
        "liaison.base": "vacd",
        "liaison.partymembership": "vacd",
        "liaison.seat": "vac",
        "liaison.department": "vac",
        "liaison.attachment": "va",
        "liaison.robot": "vac",
        "liaison.delivery": "vc",
        "studios.studio": "vac",
        "studios.posting": "vac",
        "studios.guidance": "vacd",
        "studios.leaderlink": "vac",
        "studios.standardcheck": "vacd",
        "studios.receptionrule": "vacd",
        "studios.contact": "vacd",
        "studios.fund": "vac",
        "studios.spending": "vac",
        "studios.paper": "vacd",
        "activities.activity": "vac",
        "activities.participation": "vacd",
        "activities.output": "vac",
        "activities.programme": "vac",
        "activities.taskgroup": "vacd",
        "activities.mediareport": "vac",
        "reception.receptionday": "vac",
        "reception.duty": "vacd",
        "reception.visit": "vac",
        "cases.case": "vac",
        "cases.step": "v",
        "cases.erasure": "v",
        "cases.submission": "vac",
        "cases.instruction": "vac",
        "cases.outcome": "vac",
    },
    Role.LIAISON_OFFICER: {
        "studios.studio": "vc",
        "studios.posting": "v",
        "studios.standardcheck": "vac",
        "studios.receptionrule": "vac",
        "studios.contact": "vac",
        "activities.activity": "vac",
        "activities.participation": "vacd",
        "activities.output": "vac",
        "reception.receptionday": "vac",
        "reception.duty": "vacd",
        "reception.visit": "vac",
        "cases.case": "v",
        "cases.step": "v",
    },
    Role.MEMBER: {},
    Role.LEADER: {},
    Role.DEPARTMENT: {"cases.case": "v", "cases.step": "v"},
}

# What may be read through the API, besides the table above, by those who have no desk in the admin: each in its own scope.
API_READS = {
    Role.MEMBER: frozenset(
        {"studios.studio", "activities.activity", "reception.receptionday", "reception.visit", "cases.case"}
    ),
    Role.LEADER: frozenset({"liaison.organisation", "reports.cell"}),
    Role.CLERK: frozenset({"reports.cell"}),
}

_LETTERS = {"view": "v", "add": "a", "change": "c", "delete": "d"}


def permits(role: str, perm: str) -> bool:
    """Whether a role has a permission ("reception.add_visit"), or anything at all in an app ("reception")."""
    table = MAY[role]
    app, _, codename = perm.partition(".")
    if not codename:
        return any(model.startswith(f"{app}.") for model in table)
    action, _, model = codename.partition("_")
    return _LETTERS.get(action, "?") in table.get(f"{app}.{model}", "")


def may_in_api(roles, perm: str) -> bool:
    """Whether one of the roles lets a program do what it asks ("studios.view_studio")."""
    if any(permits(role, perm) for role in roles):
        return True
    app, _, codename = perm.partition(".")
    action, _, model = codename.partition("_")
    return action == "view" and any(f"{app}.{model}" in API_READS.get(role, ()) for role in roles)
