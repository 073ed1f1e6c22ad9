"""What surrounds every view: the database's reach, and a line in the trail for what was refused."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from liaison import reach
from liaison.models import Entry


class ReachMiddleware:
    """One transaction around view and template, in which the database shows what the account may reach.

    Whatever a view raises, a 404 included, undoes what it wrote. For a stranger no transaction is opened: to them the
    database shows nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.refusal = None
        with reach.of(request.user):
            response = self.get_response(request)
            if request.refusal is not None:
                transaction.set_rollback(True)
        if isinstance(request.refusal, PermissionDenied):
            # After the rollback, which would take it along.
            Entry.note(Entry.Act.REFUSED, request=request, path=request.path[:200])
        return response

    def process_exception(self, request, exception):
        request.refusal = exception
