"""The member's workspace under /my/."""

from .app import show_manifest, show_worker
from .attendance import export_attendance, show_attendance
from .calendar import list_feeds, revoke_feed, show_calendar
from .cases import answer_case, list_cases, move_case, print_slip, show_case
from .choices import accept_choice, decline_choice, list_choices, pass_on_choice, show_choice
from .days import add_day, hold_day, list_day_visits, show_day, sign_in
from .duties import announce_day, answer_swap, ask_swap, cancel_day, change_duties
from .home import show_home
from .queue import mend_visit, show_pass, take_visit
from .register import fill_register, print_day_register, print_ledger
from .signing_in import join_day, show_sign_in_code
from .visits import correct_visit, list_visits, log_visit, log_visit_on_day, show_visit, void_visit

__all__ = [
    "accept_choice", "add_day", "announce_day", "answer_case", "answer_swap", "ask_swap", "cancel_day",
    "change_duties", "correct_visit", "decline_choice", "export_attendance", "fill_register", "hold_day",
    "join_day", "list_cases", "list_choices", "list_day_visits", "list_feeds", "list_visits", "log_visit",
    "log_visit_on_day", "mend_visit", "move_case", "pass_on_choice", "print_day_register", "print_ledger",
    "print_slip", "revoke_feed", "show_attendance", "show_calendar", "show_case", "show_choice", "show_day",
    "show_home", "show_manifest", "show_pass", "show_sign_in_code", "show_visit", "show_worker", "sign_in",
    "take_visit", "void_visit",
]  # fmt: skip
