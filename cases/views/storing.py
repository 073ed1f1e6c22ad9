"""A visit that a form sends is stored once, however often it arrives: by the page, and by the phone's queue."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from cases.forms import VisitForm
from liaison.constraints import broken_rule, is_spoken, linked_field, sentence, tell
from reception.models import Visit


@dataclass(frozen=True)
class Stored:
    """What became of it. visit: it stands, since now (`is_new`) or before · earlier: its key was used for other content ·
    neither: the form says what to mend."""

    form: VisitForm
    visit: Visit | None = None
    is_new: bool = False
    earlier: Visit | None = None

    @property
    def words(self) -> str:
        if not self.is_new:
            return "这条来访刚才已经登记，没有重复记录。"
        visit, late = self.visit, "（补记）" if self.visit.is_late else ""
        if visit.reception_day is None:
            return f"已登记 {visit.headcount} 人次{late}。"
        people = visit.reception_day.people()
        when = "该日" if visit.is_late else "今日"
        return f"已登记 {visit.headcount} 人次{late}，{when}累计 {people} 人次。"


def store(request, form_class, **more) -> Stored:
    """more: the day, and when it was written, as the form takes them."""
    sent = {"data": request.POST, "files": request.FILES, "account": request.user} | more
    if earlier := _stored_before(request):
        return _compared(form_class, sent, earlier)
    form = form_class(**sent)
    if form.is_valid():
        try:
            return Stored(form, form.save(request=request, at=timezone.now()), is_new=True)
        except ValidationError as error:
            tell(form, error)
        except IntegrityError as error:
            # The other of two equal requests was quicker; its row can be read now.
            if earlier := _stored_before(request):
                return _compared(form_class, sent, earlier)
            _explain(form, error)
    return Stored(form)


def _stored_before(request) -> Visit | None:
    """One's own writing, also where one has left the studio since."""
    return Visit.objects.logged_under(request.POST.get("client_key", ""), request.user)


def _compared(form_class, sent: dict, earlier: Visit) -> Stored:
    again = form_class(**sent, instance=earlier)
    # Sent again is not corrected.
    del again.fields["why"]
    if again.is_valid() and again.repeats():
        return Stored(again, earlier)
    # The form has written what was sent into the record it was given.
    return Stored(again, earlier=Visit.objects.get(pk=earlier.pk))


def _explain(form, error: IntegrityError):
    """Raises it again when it is no refusal but a fault."""
    if is_spoken(error):
        form.add_error(linked_field(Visit, broken_rule(error)), sentence(error))
    elif broken_rule(error) == "reception_visit_client_key_key":
        form.renew_key("提交标识已被占用，内容都还在，请再提交一次。")
    else:
        raise error
