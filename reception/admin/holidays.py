from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from liaison.admin.places import HolidayAdmin
from liaison.models import Holiday
from reception import rota
from reception.models import ReceptionDay


@admin.register(Holiday)
class CalendarAdmin(HolidayAdmin):
    """Planned days follow an edit by themselves; announced ones are named to whoever made it."""

    def list_links(self, request) -> list[dict]:
        if not request.user.has_perm("reception.view_receptionday"):
            return []
        return [{"label": "受影响的已公布接待日", "url": reverse("admin:reception_receptionday_out-of-line")}]

    def response_add(self, request, obj, *args, **kwargs):
        self._name_announced(request)
        return super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request, obj):
        self._name_announced(request)
        return super().response_change(request, obj)

    def response_delete(self, request, *args):
        self._name_announced(request)
        return super().response_delete(request, *args)

    def _name_announced(self, request):
        if not request.user.has_perm("reception.view_receptionday"):
            return
        days = ReceptionDay.objects.visible_to(request.user)
        if number := sum(1 for _ in rota.out_of_line(days, timezone.localdate())):
            words = '计划中的接待日会随日历自动调整；有 {} 个已公布的接待日与日历不符，不会自动改期，<a href="{}">请逐个处理</a>。'
            address = reverse("admin:reception_receptionday_out-of-line")
            messages.warning(request, format_html(words, number, address))
