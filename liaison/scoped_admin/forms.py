"""The form behind every page of the admin."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import InlineForeignKeyField

from liaison.constraints import broken_field
from liaison.scope import ELSEWHERE, also, stands_elsewhere


class PlacedErrors:
    """Mixin of a ModelForm: what the model refuses beside a field that the form does not have stands above it."""

    def _update_errors(self, errors):
        """Each sentence once."""
        placed = {}
        by_field = errors.error_dict if hasattr(errors, "error_dict") else {NON_FIELD_ERRORS: errors.error_list}
        for name, found in by_field.items():
            placed.setdefault(name if name in self.fields else NON_FIELD_ERRORS, []).extend(found)
        said = {sentence for sentences in self.errors.values() for sentence in sentences}
        fresh = {name: [e for e in found if e.messages[0] not in said] for name, found in placed.items()}
        super()._update_errors(ValidationError({name: found for name, found in fresh.items() if found}))


class ScopedForm(PlacedErrors, forms.ModelForm):
    """Knows for whom it is filled in, keeps what a record names already, and puts each error beside its field."""

    account = None
    # What the database said to the same form a moment ago (options.changeform_view).
    refusal: ValidationError | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self._keep_current_choices()

    def _keep_current_choices(self):
        for name, field in self.fields.items():
            current = self.initial.get(name)
            if current and isinstance(field, forms.ModelChoiceField):
                current = current if isinstance(current, list) else [current]
                field.queryset = also(field.queryset, [getattr(row, "pk", row) for row in current])

    def clean(self):
        cleaned = super().clean()
        studio = cleaned.get("studio")
        if "organisation" in self.fields and not self.fields["organisation"].required:
            self._belong_to_the_studios_office(studio)
        office = cleaned["organisation"].pk if cleaned.get("organisation") else self._stored_office()
        if stands_elsewhere(type(self.instance), studio, office):
            self.add_error("studio", ELSEWHERE)
        return cleaned

    def _stored_office(self) -> int | None:
        """Key of the office the record belongs to already; None for models that belong to none."""
        return getattr(self.instance, "organisation_id", None)

    def _belong_to_the_studios_office(self, studio):
        """A liaison officer has studios but no office of its own."""
        if studio:
            self.cleaned_data["organisation"] = studio.organisation
        elif "studio" not in self.errors:
            self.add_error("studio", "请选择工作室。")

    def _get_validation_exclusions(self):
        """A record's office is no input of a change form, but the rules that name it hold all the same."""
        known = {"organisation"} if self._stored_office() else set()
        return super()._get_validation_exclusions() - known

    def _post_clean(self):
        super()._post_clean()
        inlined = [name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField)]
        if any(getattr(self.instance, f"{name}_id") for name in inlined):
            # Django leaves the parent out of these checks, and with it every rule that names it.
            try:
                self.instance.validate_constraints(self._get_validation_exclusions())
            except ValidationError as errors:
                self._update_errors(errors)
        if self.refusal:
            self._take(self.refusal)

    def _take(self, refusal: ValidationError):
        """What a verb refuses names its fields; what the database refuses, the rule that was broken."""
        if hasattr(refusal, "error_dict"):
            return self._update_errors(refusal)
        field = broken_field(self.instance, refusal.code)
        return self.add_error(field if field in self.fields else None, refusal)


class WordsField(forms.CharField):
    """A list of short words, typed with a comma of either kind or 、 between them."""

    def __init__(self, *args, base_field, max_length=None, **kwargs):
        self.longest_word = base_field.max_length
        kwargs["help_text"] = kwargs.get("help_text") or "多个词用逗号或顿号分开。"
        super().__init__(*args, **kwargs)

    def prepare_value(self, value):
        return "、".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        text = super().to_python(value).replace("，", ",").replace("、", ",")
        return [word.strip() for word in text.split(",") if word.strip()]

    def validate(self, value):
        super().validate(value)
        too_long = next((word for word in value if len(word) > self.longest_word), None)
        if too_long:
            raise ValidationError(f"“{too_long}”超过 {self.longest_word} 个字，请写短一些。")

    def run_validators(self, value):
        """The text's own validators would look at a list."""

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)
