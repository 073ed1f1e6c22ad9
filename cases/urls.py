from django.urls import path

from cases import views

app_name = "cases"

urlpatterns = [
    path("", views.show_home, name="show-home"),
    path("days/new/", views.add_day, name="add-day"),
    path("days/<int:pk>/", views.show_day, name="show-day"),
    path("days/<int:pk>/visits/", views.list_day_visits, name="list-day-visits"),
    path("days/<int:pk>/visits/new/", views.log_visit_on_day, name="log-visit-on-day"),
    path("days/<int:pk>/sign-in/", views.sign_in, name="sign-in"),
    path("days/<int:pk>/hold/", views.hold_day, name="hold-day"),
    path("days/<int:pk>/announce/", views.announce_day, name="announce-day"),
    path("days/<int:pk>/cancel/", views.cancel_day, name="cancel-day"),
    path("days/<int:pk>/duties/", views.change_duties, name="change-duties"),
    path("days/<int:pk>/swap/", views.ask_swap, name="ask-swap"),
    path("swaps/<int:pk>/accept/", views.answer_swap, {"answer": "accept"}, name="accept-swap"),
    path("swaps/<int:pk>/decline/", views.answer_swap, {"answer": "decline"}, name="decline-swap"),
    path("swaps/<int:pk>/withdraw/", views.answer_swap, {"answer": "withdraw"}, name="withdraw-swap"),
    path("visits/", views.list_visits, name="list-visits"),
    path("visits/new/", views.log_visit, name="log-visit"),
    path("visits/<int:pk>/", views.show_visit, name="show-visit"),
    path("visits/<int:pk>/correct/", views.correct_visit, name="correct-visit"),
    path("visits/<int:pk>/void/", views.void_visit, name="void-visit"),
    path("queue/", views.take_visit, name="take-visit"),
    path("queue/pass/", views.show_pass, name="show-pass"),
    path("queue/mend/", views.mend_visit, name="mend-visit"),
    path("choices/", views.list_choices, name="list-choices"),
    path("choices/<int:pk>/", views.show_choice, name="show-choice"),
    path("choices/<int:pk>/accept/", views.accept_choice, name="accept-choice"),
    path("choices/<int:pk>/decline/", views.decline_choice, name="decline-choice"),
    path("choices/<int:pk>/pass-on/", views.pass_on_choice, name="pass-on-choice"),
    path("cases/", views.list_cases, name="list-cases"),
    path("cases/<int:pk>/", views.show_case, name="show-case"),
    path("cases/<int:pk>/move/", views.move_case, name="move-case"),
]
