"""What whoever brought a matter does with it afterwards, without an account (the query page)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from cases.workflow import OPEN, State
from liaison.models import Account, Attachment, Notice

# A person who is in a hurry, and not a program that fills a table.
MOST_ADDED, WITHIN = 10, timedelta(days=1)


class Followed:
    """Verbs of a Case whose row the caller holds; `by` is nobody. Each raises ValidationError, with a sentence for the person,
    when the state has no room for it (any more)."""

    def numbers(self) -> list[str]:
        """Telephone numbers that were left with it; two queries, whether it is stored or not."""
        visits = self.visits.values_list("visitor_phone", flat=True)
        intake = type(self).objects.filter(pk=self.pk).values_list("intake__visitor_phone", flat=True)
        return [number for number in (*visits, *intake) if number]

    def photos(self):
        """What the person added later; those of a visit hang on the visit."""
        return Attachment.objects.filter(
            content_type__app_label="cases", content_type__model="case", object_id=self.pk
        ).order_by("pk")

    def hear(self, said: str, *, at: datetime):
        """Add to an open matter; its state stays. Sent twice, it is one step."""
        if self.state not in OPEN:
            raise ValidationError("这件事情已经办完，不能再补充。")
        if (last := self.steps.order_by("at", "pk").last()) and last.is_said and last.note == said:
            return last
        if self.steps.filter(is_said=True, at__gt=at - WITHIN).count() >= MOST_ADDED:
            raise ValidationError(f"一天最多补充 {MOST_ADDED} 次，请明天再来，或打电话告诉工作室。")
        return self._add_step(said, at=at, is_said=True)

    def answer(self, words: str, *, by: Account, at: datetime):
        """Tell the person something in between; the state stays."""
        if self.is_voided:
            raise ValidationError("这个事项已经作废，不能办理。")
        return self._add_step(words, by=by, at=at, is_told=True)

    def rate(self, satisfaction: str, *, at: datetime):
        """Once, when it is resolved; that confirms it."""
        if self.state == State.CONFIRMED:
            raise ValidationError("这件事情已经评价过，谢谢。")
        return self.move(State.CONFIRMED, by=None, at=at, satisfaction=satisfaction)

    def reopen(self, said: str, *, at: datetime):
        """Not solved: back to work, counted, with the person's reason."""
        if self.state != State.RESOLVED:
            raise ValidationError("这件事情现在不是“已办结”，不用重新办理；可以补充情况，或打电话询问。")
        return self.move(State.IN_PROGRESS, by=None, at=at, note=said, is_said=True)

    def _add_step(self, note: str, *, at: datetime, by: Account | None = None, **more: bool):
        return self.steps.create(organisation=self.organisation, state=self.state, by=by, at=at, note=note, **more)

    def tell_keepers(self, words: str, step):
        """To the member in charge and the studio's liaison officer, without a word of what was said."""
        officer = self.studio.liaison_officer_id if self.studio else None
        keepers = Q(pk=officer) | (Q(member=self.member) if self.member else Q(pk=None))
        Notice.objects.tell(
            Notice(
                account=account, organisation=self.organisation, key=f"case-step-{step.pk}",
                text=f"{words}：{self.title}（{self.number}）", url=reverse("cases:show-case", args=[self.pk]),
            )
            for account in Account.objects.filter(keepers, is_active=True)
        )  # fmt: skip
