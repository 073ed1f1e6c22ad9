"""The one settings file. Everything that differs between machines comes from the environment;
a wrong value stops the start with one sentence, never with a traceback.

DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL   real servers; unset: embedded ones (liaison/embedded)
BACKUP_DATABASE_URL   the read-only role of `manage.py backup`; PG_BIN: folder of pg_dump and pg_restore, if not on the PATH
SECRET_KEY       required, but the demo makes one and keeps it under var/
PERSONAL_DATA_KEYS   required like SECRET_KEY: keys of encrypted personal data, comma-separated, the newest first
DEBUG            default off
DEMO             plain http and a key of its own; default: on with the embedded database
ALLOWED_HOSTS    host names, comma-separated; default: this machine only
HTTPS            the site is reached by https; default: on, but not in the demo
PUBLIC_URL       https://host, without a path: how the public reaches the site, for QR codes, posters and slips; default: the
                 address by which whoever prints them came
VAR_DIR          uploads and other files that must stay; default: var/ in the project
LATE_DAYS        how many days what a phone wrote offline may be on its way and still be taken late (补记); default 14
ROTA_MONTHS      for how many months after this one reception days are planned from the rules; default 3
VISITOR_DAYS     how long a visitor's name, number and photos are kept after the visit; default 1095 (three years)
TRAIL_DAYS       how long the trail of who did what is kept, in days; default and least: 200
INTAKE_WORKDAYS  within how many working days a member answers a matter that came in by the code; default 3
INTAKE_PER_HOUR  how many matters a studio takes in by its code within an hour; default 120
INTAKE_UNPROVEN  how many of them one address may send within ten minutes without the proof of work; default 10
REPORT_DUE_WORKDAYS  how many working days after its period a periodic report is due; default 5
TRUSTED_PROXY    a reverse proxy sets X-Forwarded-Proto and X-Forwarded-For; default off
MFA_REQUIRED     the three administrators need a second factor; default: on, but not in the demo
PASSWORD_DAYS    how long a password lasts, 0 for ever; default 90, in the demo 0
TEMPORARY_HOURS  how long a password that somebody else set waits for its first use; default 72
CODE_MINUTES     how long a printed sign-in code is good; default 30
IDLE_MINUTES_OFFICE, IDLE_MINUTES, SESSION_HOURS  a log-in ends when nothing was done for so long (default 15 in the
                 office, 480 for members and leaders), and in any case after so many hours (default 12)
EMAIL_URL        the mail server, such as smtp+tls://user:password@host:587; unset: no e-mail, in the demo files under VAR_DIR/mail
EMAIL_FROM       sender of e-mail; default: the server's own name
NOTICE_WEBHOOK_HOSTS  hosts to which robots of groups may post, comma-separated; default: none, in the demo this machine
SMS_PROVIDER     console (writes to the log, sends nothing) or unset: no short messages; default: console in the demo
NOTICE_DAYS      how long read notices and the list of what was sent are kept; default 400
API_PER_MINUTE   how often an account's programs may ask the API within a minute; default 300

Every secret NAME among them may be given as NAME_FILE=path instead (liaison/environment.py).
"""

from pathlib import Path

from celery.schedules import crontab
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from liaison import embedded
from liaison.environment import (  # fmt: skip
    boolean,
    encryption_keys,
    env,
    kept_secret,
    mail_server,
    number,
    postgresql,
    public_url,
    redis_url,
    refuse,
    secret,
    strong,
    trail_days,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = boolean("DEBUG", default=False)
EMBEDDED = not secret("DATABASE_URL")
DEMO = boolean("DEMO", default=EMBEDDED)

SECRET_KEY = secret("SECRET_KEY")
if not SECRET_KEY:
    if not (DEMO or DEBUG):
        refuse("缺少环境变量 SECRET_KEY（至少 50 个随机字符，不得外泄）。")
    SECRET_KEY = kept_secret(VAR_DIR / "secret-key", get_random_secret_key)
elif not (DEMO or DEBUG):
    strong(SECRET_KEY)

PERSONAL_DATA_KEYS = encryption_keys(secret("PERSONAL_DATA_KEYS"))
if not PERSONAL_DATA_KEYS:
    if not (DEMO or DEBUG):
        refuse("缺少环境变量 PERSONAL_DATA_KEYS（个人信息的加密密钥，不得外泄，丢失后个人信息无法恢复）。")
    PERSONAL_DATA_KEYS = [kept_secret(VAR_DIR / "personal-data-key", lambda: Fernet.generate_key().decode())]

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if "*" in ALLOWED_HOSTS and not (DEMO or DEBUG):
    refuse("环境变量 ALLOWED_HOSTS 不能是 *，请写明本站的主机名，多个用逗号分隔。")

INSTALLED_APPS = [
    "liaison",
    "studios",
    "activities",
    "reception",
    "cases",
    "reports",
    "liaison.sites.LiaisonAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    # Outermost, so that what others answer by themselves (a static file, a redirect to https) carries these headers too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "liaison.middleware.SessionLimitsMiddleware",
    "liaison.api.door.DoorMiddleware",
    "liaison.middleware.LogInRequiredMiddleware",
    "liaison.middleware.ObligationsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reports.doorbell.DoorbellMiddleware",
    # Last, so that the doorbell rings when its transaction has ended.
    "liaison.middleware.ReachMiddleware",
]

ROOT_URLCONF = "liaison.urls"
WSGI_APPLICATION = "liaison.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liaison.menu.frame",
            ],
        },
    },
]

# Widgets may be drawn by our own templates too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Two roles on one database: everything runs as the app role, which owns no table;
# only `migrate` and `restore` run as the owner, and `backup` as a third role that reads every row.
try:
    servers = embedded.start() if EMBEDDED else None
    broker_url = secret("REDIS_URL") or embedded.start_redis()
except embedded.Refusal as refusal:
    refuse(str(refusal))
DATABASES = {
    "default": postgresql(
        "DATABASE_URL",
        servers.database_url if servers else secret("DATABASE_URL"),
        CONN_MAX_AGE=60,
        CONN_HEALTH_CHECKS=True,
    )
}
owner_url = servers.owner_url if servers else secret("DATABASE_OWNER_URL")
if owner_url:
    DATABASES["owner"] = postgresql("DATABASE_OWNER_URL", owner_url, TEST={"MIRROR": "default"})
backup_url = servers.backup_url if servers else secret("BACKUP_DATABASE_URL")
if backup_url:
    DATABASES["backup"] = postgresql("BACKUP_DATABASE_URL", backup_url, TEST={"MIRROR": "default"})
PG_BIN = env.str("PG_BIN", default=str(embedded.programs()) if EMBEDDED else "")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "liaison.Account"
AUTHENTICATION_BACKENDS = ["liaison.backends.AccountBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "liaison.password_rules.ThreeKindsValidator"},
    {"NAME": "liaison.password_rules.CommonPasswordValidator"},
    {"NAME": "liaison.password_rules.PastPasswordsValidator"},
]
PASSWORD_DAYS = number("PASSWORD_DAYS", default=0 if DEMO else 90, least=0)
TEMPORARY_HOURS = number("TEMPORARY_HOURS", default=72)
CODE_MINUTES = number("CODE_MINUTES", default=30)
IDLE_MINUTES_OFFICE = number("IDLE_MINUTES_OFFICE", default=15)
IDLE_MINUTES = number("IDLE_MINUTES", default=8 * 60)
SESSION_HOURS = number("SESSION_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60

# No sign-up, no e-mail: of allauth only the stages of a log-in, the second factor and the list of sessions.
ACCOUNT_ADAPTER = "liaison.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"reauthenticate": "liaison.forms.ConfirmPasswordForm"}
# Failures are counted from the trail (liaison/lockout.py), which all processes share.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "liaison.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {"authenticate": "liaison.forms.SecondFactorForm", "activate_totp": "liaison.forms.SetUpForm"}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_REQUIRED = boolean("MFA_REQUIRED", default=not DEMO)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Private: served by views after a check, never by the web server.
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

HTTPS = boolean("HTTPS", default=not (DEMO or DEBUG))
PUBLIC_URL = public_url(env.str("PUBLIC_URL", default="").strip())
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
TRUSTED_PROXY = boolean("TRUSTED_PROXY", default=False)
if TRUSTED_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

VISITOR_DAYS = number("VISITOR_DAYS", default=1095)

# Notices on their way out (docs/operations.md).
EMAIL_URL = secret("EMAIL_URL") or (f"filemail:///{VAR_DIR / 'mail'}" if DEMO else "")
EMAIL_IS_SET = bool(EMAIL_URL)
vars().update(mail_server(EMAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="webmaster@localhost")
NOTICE_WEBHOOK_HOSTS = env.list("NOTICE_WEBHOOK_HOSTS", default=["127.0.0.1", "localhost"] if DEMO else [])
SMS_PROVIDER = env.str("SMS_PROVIDER", default="console" if DEMO else "")
if SMS_PROVIDER not in ("", "console"):
    refuse(f"环境变量 SMS_PROVIDER 只能是 console 或不设，现在是“{SMS_PROVIDER}”。")
NOTICE_DAYS = number("NOTICE_DAYS", default=400, least=30)

ROTA_MONTHS = number("ROTA_MONTHS", 3)
LATE_DAYS = number("LATE_DAYS", default=14)
REPORT_DUE_WORKDAYS = number("REPORT_DUE_WORKDAYS", default=5)
INTAKE_WORKDAYS = number("INTAKE_WORKDAYS", default=3)
INTAKE_PER_HOUR = number("INTAKE_PER_HOUR", default=120)
INTAKE_UNPROVEN = number("INTAKE_UNPROVEN", default=10)

# The database is the truth and the broker a doorbell: a task takes ids, is safe to run twice,
# and a publisher never waits for a broker that is away.
CELERY_BROKER_URL = redis_url(broker_url)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 3,
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Figures are never later than this, even when every doorbell was lost.
    "sweep": {"task": "reports.tasks.drain", "schedule": 10.0, "options": {"expires": 10}},
    "remind-duties": {"task": "reception.tasks.remind", "schedule": crontab(hour=7, minute=30)},
    "rota": {"task": "reception.tasks.plan_rota", "schedule": crontab(hour=0, minute=20)},
    # Just after midnight; every hour again, for a night on which nothing ran.
    "lapse": {"task": "cases.tasks.lapse", "schedule": crontab(minute=1)},
    "expire-choices": {"task": "cases.tasks.expire_choices", "schedule": crontab(minute=2)},
    "retain": {"task": "cases.tasks.retain", "schedule": crontab(hour=3, minute=40)},
    "sessions": {"task": "liaison.tasks.forget_sessions", "schedule": crontab(hour=4, minute=10)},
    "seal": {"task": "liaison.tasks.seal", "schedule": 10.0, "options": {"expires": 10}},
    "jobs": {"task": "liaison.tasks.sweep_jobs", "schedule": 10.0, "options": {"expires": 10}},
    "outbox": {"task": "liaison.tasks.send_notices", "schedule": 10.0, "options": {"expires": 10}},
    "forget-notices": {"task": "liaison.tasks.forget_notices", "schedule": crontab(hour=4, minute=40)},
    "forget-jobs": {"task": "liaison.tasks.forget_jobs", "schedule": crontab(hour=4, minute=30)},
    "remind": {"task": "reports.tasks.remind", "schedule": crontab(hour=8, minute=30)},
    "verify": {"task": "reports.tasks.verify", "schedule": crontab(hour=3, minute=20)},
    "verify-trail": {"task": "liaison.tasks.verify_trail", "schedule": crontab(hour=3, minute=40)},
    "purge-trail": {"task": "liaison.tasks.purge_trail", "schedule": crontab(hour=4, minute=20)},
}

TRAIL_DAYS = trail_days(env.str("TRAIL_DAYS", default=""))

# Beside the broker's own keys. Only counts that last minutes lie here (liaison/limits.py).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CELERY_BROKER_URL,
        "KEY_PREFIX": "liaison",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 3},
    }
}

API_PER_MINUTE = number("API_PER_MINUTE", default=300)
# Where each app has its RESOURCES.
API_MODULES = [
    "liaison.api.standing", "studios.api", "activities.api", "reception.api", "cases.api", "reports.api",
]  # fmt: skip
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["liaison.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["liaison.api.permissions.RolePermission"],
    "DEFAULT_PARSER_CLASSES": ["liaison.api.parsing.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["liaison.api.parsing.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "liaison.api.parsing.AlwaysJSON",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "liaison.api.paging.KeysetPaging",
    "DEFAULT_SCHEMA_CLASS": "liaison.api.schema.Described",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "liaison.api.refusals.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "政协委员联系界别群众工作平台接口",
    "VERSION": "1",
    "OAS_VERSION": "3.0.3",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "POSTPROCESSING_HOOKS": ["liaison.api.schema.finish"],
}

DEFAULT_EXCEPTION_REPORTER_FILTER = "liaison.discretion.Discreet"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "liaison.logs.MaskSecrets"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "bare": {"format": "%(message)s"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]},
        "access": {
            "class": "logging.StreamHandler",
            "formatter": "bare",
            "filters": ["secrets"],
            "stream": "ext://sys.stdout",
        },
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # The web server's own lines, when it is started with --access-log.
    "loggers": {"granian.access": {"handlers": ["access"], "level": "INFO", "propagate": False}},
}
