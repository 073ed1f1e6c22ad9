from django.core.management import CommandError


class Refusal(CommandError):
    """A command stops with exit code 1 and one Chinese sentence that says what to mend."""


# Django prints the class's name before the sentence, and no English word belongs on a screen.
Refusal.__name__ = "无法完成"
