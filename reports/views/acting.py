"""One verb on one record: done, or the same page again with the sentence and all that was typed."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from liaison.constraints import refusals_in_words, tell


def act(request, record, form, verb: Callable[[], None], done: str, again: Callable):
    """again: (request, record, form) → the page with what is to be mended."""
    if form.is_valid():
        try:
            with refusals_in_words():
                verb()
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, done)
            return redirect(record.url)
    return again(request, record, form)
