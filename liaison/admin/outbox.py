from django.contrib import admin
from django.core.exceptions import ValidationError

from liaison.channels import Message, NotSent, robots
from liaison.forms import RobotForm
from liaison.models import Delivery, Robot
from liaison.scoped_admin.columns import CappedPaginator, badge
from liaison.scoped_admin.filters import OrganisationFilter
from liaison.scoped_admin.options import ScopedAdmin
from liaison.scoped_admin.verbs import ActForm, Verb

TONES = {"waiting": "neutral", "sent": "good", "failed": "warn", "dead": "late"}
TRIAL = "这是一条测试消息：群机器人已与本平台连通。"


class TrialForm(ActForm):
    lede = f"马上往群里发一句：“{TRIAL}”"

    def act(self, record, *, by, at):
        try:
            robots.send(record.kind, record.address, record.secret, Message((TRIAL,)))
        except NotSent as failure:
            raise ValidationError(failure.sentence) from failure


class AgainForm(ActForm):
    lede = "重新发送，从第一次算起。同一条通知可能已经到过收件人那里。"

    def act(self, record, *, by, at):
        record.again(at)


TRY = Verb("try", "发送测试消息", TrialForm, "的群里应已出现测试消息。", lambda robot: robot.is_active)
AGAIN = Verb("again", "重新发送", AgainForm, "已重新排队。", lambda one: one.state == Delivery.State.DEAD)


@admin.register(Robot)
class RobotAdmin(ScopedAdmin):
    """Set by the office's clerk; what clerks are told is posted to the group."""

    form = RobotForm
    list_display = ["name", "kind", "organisation", "is_active"]
    list_select_related = ["organisation"]
    list_filter = [OrganisationFilter, "kind", "is_active"]
    fields = ["organisation", "name", "kind", "webhook", "signing", "is_active"]
    autocomplete_fields = ["organisation"]
    verbs = (TRY,)


@admin.register(Delivery)
class DeliveryAdmin(ScopedAdmin):
    """What went out and what did not: to whom, by which channel, when and why not. What it said is nobody's but the recipient's."""

    list_display = ["created_at", "recipient", "channel", "shown_state", "tries", "why_not", "organisation"]
    list_select_related = ["organisation"]
    list_filter = ["state", "channel", OrganisationFilter]
    list_display_links = ["created_at"]
    fields = [
        "created_at",
        "recipient",
        "channel",
        "shown_state",
        "tries",
        "due_at",
        "ended_at",
        "why_not",
        "organisation",
    ]
    readonly_fields = fields
    ordering = ["-id"]
    paginator = CappedPaginator
    names_offices = True
    verbs = (AGAIN,)
    actions = ["send_again"]

    def render_change_form(self, request, context, *args, **kwargs):
        """There is nothing to fill in: it is sent again, or read."""
        context |= {"show_save": False, "show_save_and_continue": False, "show_close": True}
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="状态")
    def shown_state(self, delivery):
        return badge(delivery.get_state_display(), TONES[delivery.state])

    @admin.display(description="原因")
    def why_not(self, delivery):
        return delivery.error or "—"

    @admin.action(description="重新发送所选记录", permissions=["change"])
    def send_again(self, request, queryset):
        return self.on_selection(request, queryset, AGAIN, "send_again")
