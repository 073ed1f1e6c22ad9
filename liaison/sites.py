"""The admin as one site: its names, and its models in the groups an office thinks in.

A model that stands in no group appears under 其他, so that a new one is never lost.
"""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig

from liaison.scoped_admin.choices import AutocompleteView

GROUPS = (
    (
        "基础资料",
        {
            "liaison.organisation": "organisation",
            "liaison.division": "map",
            "liaison.term": "flag",
            "liaison.member": "people",
            "liaison.seat": "person",
            "liaison.sector": "sector",
            "liaison.specialcommittee": "committee",
            "liaison.activitygroup": "group",
            "liaison.department": "department",
            "liaison.category": "list",
            "liaison.holiday": "calendar",
        },
    ),
    (
        "联系阵地",
        {
            "studios.studio": "studio",
            "studios.posting": "person",
            "studios.receptionrule": "clock",
            "studios.guidance": "link",
            "studios.leaderlink": "flag",
            "studios.standardcheck": "check",
            "studios.contact": "phone",
            "studios.fund": "money",
            "studios.spending": "money",
            "studios.paper": "report",
        },
    ),
    (
        "履职活动",
        {
            "activities.activity": "activity",
            "activities.participation": "people",
            "activities.output": "award",
            "activities.programme": "folder",
            "activities.taskgroup": "group",
            "activities.mediareport": "report",
        },
    ),
    (
        "接待群众",
        {
            "reception.receptionday": "calendar",
            "reception.duty": "clock",
            "reception.visit": "visit",
            "cases.erasure": "close",
        },
    ),
    (
        "帮办实事",
        {
            "cases.case": "case",
            "cases.step": "history",
            "cases.outcome": "star",
            "cases.submission": "send",
            "cases.instruction": "edit",
        },
    ),
    (
        "统计报表",
        {"reports.supplement": "plus", "reports.periodreport": "report", "reports.cell": "chart"},
    ),
    (
        "账号与权限",
        {
            "liaison.account": "person",
            "liaison.grant": "key",
            "liaison.entry": "shield",
            "liaison.attachment": "folder",
            "liaison.robot": "bell",
            "liaison.delivery": "send",
        },
    ),
)

_PLACES = {
    model: (group, place, icon) for group, models in GROUPS for place, (model, icon) in enumerate(models.items())
}
_ELSEWHERE = ("其他", 0, "folder")


class LiaisonAdminSite(AdminSite):
    site_title = site_header = "政协委员联系界别群众工作平台"
    index_title = "资料管理"
    site_url = "/"
    empty_value_display = "—"
    login_template = "liaison/log-in.html"

    def autocomplete_view(self, request):
        return AutocompleteView.as_view(admin_site=self)(request)

    def get_app_list(self, request, app_label=None):
        """The models the account may see, group by group; for one app's page, Django's own list."""
        apps = self._build_app_dict(request, app_label).values()
        if app_label:
            return list(apps)
        groups = {group: [] for group, _ in GROUPS} | {_ELSEWHERE[0]: []}
        for app in apps:
            for model in app["models"]:
                group, place, icon = _PLACES.get(model["model"]._meta.label_lower, _ELSEWHERE)
                groups[group].append(model | {"icon": icon, "place": place})
        return [
            {
                "name": group,
                "app_label": "",
                "models": sorted(models, key=lambda model: model["place"]),
            }
            for group, models in groups.items()
            if models
        ]


class LiaisonAdminConfig(AdminConfig):
    default_site = "liaison.sites.LiaisonAdminSite"
