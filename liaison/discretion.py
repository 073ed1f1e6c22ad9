"""What a report of a fault may say: where it happened, not whom it concerned nor with which password."""

import re

from django.views.debug import SafeExceptionReporterFilter


class Discreet(SafeExceptionReporterFilter):
    """Outside debugging, no value that was typed and no value of a variable; addresses that hold a password, never."""

    hidden_settings = re.compile(f"{SafeExceptionReporterFilter.hidden_settings.pattern}|BROKER_URL|_URL$", flags=re.I)

    def get_post_parameters(self, request):
        parameters = super().get_post_parameters(request)
        if not self.is_active(request):
            return parameters
        return dict.fromkeys(parameters, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request, tb_frame):
        variables = super().get_traceback_frame_variables(request, tb_frame)
        if not self.is_active(request):
            return variables
        return [(name, self.cleansed_substitute) for name, _ in variables]
