"""The one place where addresses of all apps meet; upper apps are named as strings only."""

from allauth.mfa.base.views import authenticate
from allauth.mfa.recovery_codes.views import view_recovery_codes
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from liaison import views

account_pages = (
    [
        path("login/", views.log_in, name="log-in"),
        path("logout/", views.log_out, name="log-out"),
        path("account/", views.show_account, name="show-account"),
        path("account/password/", views.change_password, name="change-password"),
        path("account/sessions/end/", views.end_sessions, name="end-sessions"),
        path("account/sessions/<int:pk>/end/", views.end_session, name="end-session"),
        path("account/tokens/", views.list_tokens, name="list-tokens"),
        path("account/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke-token"),
        path("account/notices/", views.set_notices, name="set-notices"),
        path("account/notices/email/", views.send_email_code, name="send-email-code"),
        path("account/notices/email/confirm/", views.confirm_email, name="confirm-email"),
        path("notices/", views.list_notices, name="list-notices"),
        path("notices/read/", views.read_notices, name="read-notices"),
        path("notices/<int:pk>/read/", views.read_notice, name="read-notice"),
        path("printed/", views.note_print, name="note-print"),
        path("files/<int:pk>/", views.show_file, name="show-file"),
    ],
    "liaison",
)

# Under the names by which allauth knows them; none of its other pages is there.
allauth_pages = [
    path("login/", views.log_in, name="account_login"),
    path("login/code/", authenticate, name="mfa_authenticate"),
    path("account/", views.show_account, name="mfa_index"),
    path("account/confirm/", views.confirm_password, name="account_reauthenticate"),
    path("account/sessions/", views.list_sessions, name="usersessions_list"),
    path("account/second-factor/", views.set_up_second_factor, name="mfa_activate_totp"),
    path("account/second-factor/remove/", views.remove_second_factor, name="mfa_deactivate_totp"),
    path("account/recovery-codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/new/", views.renew_recovery_codes, name="mfa_generate_recovery_codes"),
]

# The admin's own ways in, out and to a new password are these too: no door without the second factor.
admin_doors = [
    path("admin/login/", views.log_in_elsewhere),
    path("admin/logout/", views.log_out),
    path("admin/password_change/", RedirectView.as_view(pattern_name="liaison:change-password")),
    path("admin/password_change/done/", RedirectView.as_view(pattern_name="liaison:show-account")),
]

handler404 = views.not_found
handler500 = views.out_of_order

urlpatterns = [
    path("", include(account_pages)),
    *allauth_pages,
    *admin_doors,
    path("admin/", admin.site.urls),
    path("api/", include("liaison.api.urls")),
    path("my/", include("cases.urls")),
    path("posters/", include("cases.poster_urls")),
    path("", include("cases.public_urls")),
    path("", include("reports.urls")),
]
