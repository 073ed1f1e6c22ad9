"""What one office puts forward and the office above decides on."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from liaison.models import Account, Organisation, PlacedRules


class Countersigned(PlacedRules):
    """A row of an organisation with a `state`, put forward by `submitted_by`, decided on by the office above; the topmost
    organisation's by a second clerk. `decides`: what deciding on it is called. The database allows only `MOVES`."""

    MOVES: dict[str, tuple[str, ...]] = {}
    decides = "审核"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="政协组织")
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    submitted_by = models.ForeignKey(
        Account, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="提交人"
    )
    decided_at = models.DateTimeField("审核时间", null=True, editable=False)
    decided_by = models.ForeignKey(
        Account, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="审核人"
    )

    class Meta:
        abstract = True

    @property
    def submitted_on(self) -> date:
        return timezone.localdate(self.submitted_at)

    @property
    def decider(self) -> Organisation:
        """The office above; of the topmost, itself."""
        return self.organisation.parent or self.organisation

    def is_written_by(self, account: Account) -> bool:
        """Whether the account works for this office, or records for it (代录)."""
        path, scope = self.organisation.path, account.scope
        return path in scope.offices or any(path.startswith(above) for above in scope.below)

    def is_decided_by(self, account: Account) -> bool:
        return self.decider.path in account.scope.offices and account.pk != self.submitted_by_id

    def must_be_written_by(self, account: Account):
        if not self.is_written_by(account):
            raise ValidationError(f"{self._meta.verbose_name}由{self.organisation.short_name}的工作人员填报。")

    def must_be_decided_by(self, account: Account):
        if self.decider.path not in account.scope.offices:
            own, above, what = self.organisation.short_name, self.decider.short_name, self._meta.verbose_name
            raise ValidationError(f"{own}的{what}由{above}{self.decides}，本单位不能{self.decides}。")
        if account.pk == self.submitted_by_id:
            raise ValidationError(f"自己提交的不能自己{self.decides}，请另一位工作人员{self.decides}。")

    def queue_up(self):
        """What is put forward and decided of one office goes one after the other: a figure that is being signed does not
        change meanwhile. In a transaction."""
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=self.organisation_id)

    def must_move(self, to: str):
        """Raises ValidationError when somebody was quicker, or the table has no such move."""
        self.queue_up()
        rows = type(self)._base_manager.filter(pk=self.pk)
        state, states = rows.values_list("state", flat=True).get(), type(self).State
        if to not in self.MOVES[states(state)]:
            now, then = states(state).label, states(to).label
            raise ValidationError(f"{self._meta.verbose_name}现在是“{now}”，不能变为“{then}”，请刷新后核对。")

    def put(self, **values):
        """Store what was decided, every rule asked first."""
        for name, value in values.items():
            setattr(self, name, value)
        self.full_clean()
        self.save()
