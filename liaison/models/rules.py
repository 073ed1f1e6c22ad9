from collections import defaultdict
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import models


class PlacedRules(models.Model):
    """A broken constraint is reported beside the field that mends it instead of above the form."""

    # Constraint's name → field; a constraint that is absent stays above the form.
    mended_by: dict[str, str] = {}

    class Meta:
        abstract = True

    def validate_constraints(self, exclude=None):
        try:
            super().validate_constraints(exclude)
        except ValidationError as broken:
            raise ValidationError(self._placed(broken, exclude or ())) from None

    def get_constraints(self):
        """Without overlaps where the days are in the wrong order: that is said by a rule of its own, and to the database
        days from a later to an earlier one are no days to compare but a fault."""
        found = super().get_constraints()
        first, last = getattr(self, "starts_on", None), getattr(self, "ends_on", None)
        if not (isinstance(first, date) and isinstance(last, date) and last < first):
            return found
        return [(model, [r for r in rules if not isinstance(r, ExclusionConstraint)]) for model, rules in found]

    def _placed(self, broken: ValidationError, exclude) -> dict[str, list]:
        """`exclude` holds the fields a form does not have, so nothing can be said beside them."""
        rules = self._meta.constraints
        fields = {r.violation_error_message: self.mended_by.get(r.name) for r in rules}
        placed = defaultdict(list)
        for where, errors in broken.error_dict.items():
            for error in errors:
                field = fields.get(error.message)
                placed[where if field in (None, *exclude) else field].append(error)
        return placed


class Inheriting(models.Model):
    """Takes over what follows from another row before anything is checked or stored."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.inherit()
        super().save(*args, **kwargs)

    def clean_fields(self, exclude=None):
        self.inherit()
        super().clean_fields(exclude)

    def inherit(self):
        """Fill in what is still empty."""
        raise NotImplementedError
