"""Settings. Everything an office may change comes from the environment or from a file named there.

Any setting `X` can be given as `X=value` or, for secrets, as `X_FILE=/path/to/file`. config/settings.md has
the table.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).absolute()
KEYS_DIR = Path(env.str("KEYS_DIR", default=str(DATA_DIR / "keys"))).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)  # names and addresses lie there in the clear


def _read_secret(name: str) -> str:
    """The secret from the environment, else one made at first start and kept readable by us alone."""
    given = env.str(name, default="")
    if given:
        return str(given)
    path = KEYS_DIR / name.lower()
    if not path.exists():
        KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=KEYS_DIR) as file:  # whole before it has its name
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):  # another process that starts now was first
                os.link(file.name, path)
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _read_secret("SECRET_KEY")
HTTPS = env.bool("HTTPS", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Which doors this process opens: the resident's pages, the office's admin, the tablet with its API.
# The tablet lives on an origin of its own, so `tablet` never goes together with the other two.
DOORS: list[str] = env.list("DOORS", default=["public", "admin"])

# One installation serves one regency's office.
OFFICE_NAME = env.str("OFFICE_NAME", default="Dispendukcapil Kabupaten Madiun")
OFFICE_PHONE = env.str("OFFICE_PHONE", default="")

# Working days that the office aims at (from, to); pages say so until there are enough cases to say what was.
# "card" is in days: it waits for the national server.
TARGET_DAYS: dict[str, tuple[int, int]] = {
    "decided": (1, 3),
    "planned": (1, 15),
    "recorded": (1, 2),
    "card": (1, 180),
    "delivered": (1, 15),
}
# Working days within which a family whose visit the office called off hears of another day.
CALL_OFF_DAYS = env.int("CALL_OFF_DAYS", default=2)
# A form filled faster than this is no person's; the header in which the office's own proxy names the browser.
FORM_MINIMUM_SECONDS = env.float("FORM_MINIMUM_SECONDS", default=4.0)
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", default="")
# Beside this machine itself, the networks that may ask /readyz.
READYZ_FROM = [ip_network(network.strip()) for network in env.list("READYZ_FROM", default=[])]

INSTALLED_APPS = [
    "config.apps.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_q",
    "config.apps.LoginTriesConfig",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "outreach",
    "visits",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.health.HealthMiddleware",
    "config.accounts.gates.OfficeHostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguageMiddleware",
    "config.middleware.CharsetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "config.middleware.BodySizeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.accounts.gates.SecondStepMiddleware",
    "config.middleware.CleanTextMiddleware",
    "config.busy.BusyMiddleware",
]
if "tablet" in DOORS:  # no cookie session is valid on the tablet's origin
    _COOKIES = ("sessions", "csrf", "auth.middleware", "messages", "axes", "otp", "gates", "BodySize")
    MIDDLEWARE = [name for name in MIDDLEWARE if not any(part in name for part in _COOKIES)]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.describe_office",
            ],
        },
    },
]

from config.database import complete_database_settings  # noqa: E402
from config.logging import logging_config  # noqa: E402

DATABASES = {
    "default": complete_database_settings(
        env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'jemput-bola.sqlite3'}")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The office's key ring for sealed fields; losing it is losing what they hold, so back it up apart from the database.
FIELD_KEYS_FILE = Path(env.str("FIELD_KEYS_FILE", default=str(KEYS_DIR / "field_keys.json")))

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "config.accounts.passwords.LocalWordsValidator"},
]
# Staff need a second step (a code from an app) from this day on, 2027-01-31; without a day, always.
_two_factor_from = env.str("STAFF_TWO_FACTOR_FROM", default="")
STAFF_TWO_FACTOR_FROM = date.fromisoformat(_two_factor_from) if _two_factor_from else None
OTP_TOTP_ISSUER = "Jemput Bola"
AXES_FAILURE_LIMIT = 8
# Behind the office's proxy all would share one address, and a stranger could lock a name out for everybody.
AXES_CLIENT_IP_CALLABLE = "outreach.views.address.client_address"
LOGIN_REDIRECT_URL = "admin:index"
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the moment that was said holds
AXES_LOCKOUT_CALLABLE = "config.accounts.login.show_locked_page"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_SENSITIVE_PARAMETERS = ["username", "password"]

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Jakarta")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# `manage.py assets` puts the browser libraries there, from npm.
ASSETS_DIR = DATA_DIR / "assets"
LOCALE_PATHS = [ASSETS_DIR / "locale"]  # compiled there from config/locale
STATICFILES_DIRS = [("npm", ASSETS_DIR / "npm")]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]
if "tablet" in DOORS:  # what misses the cookies there is not served there
    SILENCED_SYSTEM_CHECKS += ["admin.E408", "admin.E409", "admin.E410", "axes.W002"]

SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILES_GROUP = env.str(
    "FILES_GROUP", default=""
)  # the system group that shares all but the keys (config/private.py)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
if "tablet" in DOORS:  # the page holds keys: no string may become markup or code there
    CONTENT_SECURITY_POLICY["DIRECTIVES"] |= {
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }

Q_CLUSTER = {
    "name": "jemput-bola",
    "orm": "default",
    "workers": 2,
    "queue_limit": 2,
    "bulk": 1,
    "timeout": 600,
    "retry": 1900,
    "max_attempts": 3,
    "catch_up": False,
    "poll": 1,
    "recycle": 200,
    "save_limit": 200,
    "label": "Antrean",
}

# The name under which this process tree's worker shows that it is alive; one of its own for each machine.
WORKER_NAME = env.str("WORKER_NAME", default="worker")

# How far the worker steps back for the web processes (0 to 19) where both want the processor.
WORKER_NICE = env.int("WORKER_NICE", default=10)

# A demo: everybody who asks here is made up, and every page says so. Set by `manage.py demo`, not by an office.
DEMO = env.bool("DEMO", default=False)

# Where residents and tablets reach us, for links and pairing codes; `serve` and `demo` fill them in.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
TABLET_URL = env.str("TABLET_URL", default="http://127.0.0.1:8001")
# A host of its own for the office's pages; without it they answer beside the public ones.
ADMIN_URL = env.str("ADMIN_URL", default="")

LOGGING = logging_config()

# Travel times: great_circle, osrm or extract. The straight line also fills in where roads are not known. Above
# TRAVEL_MAX_PLACES places no table is made (4 bytes a pair, three copies): a sample of it sets the straight line.
TRAVEL_SOURCE = env.str("TRAVEL_SOURCE", default="great_circle")
TRAVEL_DETOUR = env.float("TRAVEL_DETOUR", default=1.35)
TRAVEL_SPEED_KMH = env.float("TRAVEL_SPEED_KMH", default=30.0)
TRAVEL_MOTORCYCLE_SPEED_KMH = env.float("TRAVEL_MOTORCYCLE_SPEED_KMH", default=32.0)
TRAVEL_MAX_PLACES = env.int("TRAVEL_MAX_PLACES", default=3000)
# Times by roads are divided by this; a home farther off the road than the limit is taken as unknown to the map.
TRAVEL_SPEED_SCALE = env.float("TRAVEL_SPEED_SCALE", default=1.0)
TRAVEL_SNAP_SPEED_KMH = env.float("TRAVEL_SNAP_SPEED_KMH", default=8.0)
TRAVEL_SNAP_LIMIT_M = env.float("TRAVEL_SNAP_LIMIT_M", default=1500.0)
ROADS_DIR = Path(env.str("ROADS_DIR", default=str(DATA_DIR / "roads")))
# An OSRM server of the office's own: it is sent the places of residents' homes. Its --max-table-size is OSRM_TABLE_SIZE.
OSRM_URL = env.str("OSRM_URL", default="")
OSRM_PROFILE = env.str("OSRM_PROFILE", default="driving")
OSRM_MOTORCYCLE_URL = env.str("OSRM_MOTORCYCLE_URL", default="")
OSRM_TABLE_SIZE = env.int("OSRM_TABLE_SIZE", default=100)
OSRM_TIMEOUT_SECONDS = env.float("OSRM_TIMEOUT_SECONDS", default=10.0)
OSRM_CACHE_DAYS = env.int("OSRM_CACHE_DAYS", default=30)
ROADS_SPEEDS: dict[str, Any] = env.json("ROADS_SPEEDS", default={})
ROADS_MOTORCYCLE_SPEEDS: dict[str, Any] = env.json("ROADS_MOTORCYCLE_SPEEDS", default={})

# Working time. Days off come from `holidays`; the coordinator opens and closes single days in the admin.
HOLIDAYS_COUNTRY = env.str("HOLIDAYS_COUNTRY", default="ID")
WORK_WEEKDAYS: list[int] = env.list("WORK_WEEKDAYS", cast=int, default=[0, 1, 2, 3, 4])  # 0 is Monday
WORK_STARTS = env.str("WORK_STARTS", default="07:30")
WORK_ENDS = env.str("WORK_ENDS", default="15:30")
WORK_BREAK = env.str("WORK_BREAK", default="12:00-13:00")
WORK_BREAK_FRIDAY = env.str("WORK_BREAK_FRIDAY", default="11:30-13:00")

# What a visit is worth to the planner, in points; every part is shown with the plan. "decay" is what each day of
# the plan that passes costs, "deadline" what one adds at most, growing over its last "deadline_days",
# "village" what a home gains at most in a village that had less than its share of visits in "village_weeks".
PLAN_POINTS: dict[str, Any] = env.json(
    "PLAN_POINTS",
    default={
        "kind": {"sick": 25, "disabled": 22, "mental_disorder": 22, "elderly": 20},
        "urgency": {"normal": 0, "high": 12, "hospital": 30},
        "delivery": 10,
        "waiting_day": 1,
        "attempt": 5,
        "deadline": 20,
        "deadline_days": 14,
        "village": 10,
        "village_weeks": 4,
        "decay": {"normal": 1, "high": 2, "hospital": 4},
    },
)
# The guarantee: whoever has waited longer is served before any sum of points, or named as broken with the reason.
LONGEST_WAIT_DAYS = env.int("LONGEST_WAIT_DAYS", default=90)
# Fairness among teams, never at a resident's expense: the largest gap between two teams in their share of working
# time and in visits a day (0: not looked at), and the share of the plan's points that may be given up for it.
FAIR_MINUTES = env.float("FAIR_MINUTES", default=0.25)
FAIR_VISITS = env.float("FAIR_VISITS", default=2.0)
FAIR_PRICE = env.float("FAIR_PRICE", default=0.01)
# Village sessions: proposed for at least so many of these kinds (and cards to hand over) within reach of a hall;
# minutes of the team for each person, and to set up and take down once a day.
SESSION_KINDS: list[str] = env.list("SESSION_KINDS", default=["elderly"])
SESSION_LEAST = env.int("SESSION_LEAST", default=12)
SESSION_REACH_KM = env.float("SESSION_REACH_KM", default=2.5)
SESSION_MINUTES = env.int("SESSION_MINUTES", default=10)
SESSION_SETUP_MINUTES = env.int("SESSION_SETUP_MINUTES", default=30)
# Homes this near share a stop (the kit is set up once, all are served or none), at most so many; 1: never.
SHARED_STOP_METRES = env.float("SHARED_STOP_METRES", default=25.0)
SHARED_STOP_MOST = env.int("SHARED_STOP_MOST", default=4)
# Minutes of a visit by its kind, the setting up of the kit apart: the median and the spread (sigma) of a
# lognormal, which count as much as VISIT_MINUTES_PRIOR finished visits of our own; plans use the mean.
# "again" is a second or third attempt, "in_vain" a visit without a result, VISIT_IN_VAIN the share of those.
VISIT_MINUTES: dict[str, float] = env.json(
    "VISIT_MINUTES",
    default={
        "elderly": 20,
        "sick": 24,
        "disabled": 24,
        "mental_disorder": 26,
        "delivery": 8,
        "again": 24,
        "in_vain": 8,
    },
)
VISIT_MINUTES_PRIOR = env.float("VISIT_MINUTES_PRIOR", default=10.0)
VISIT_IN_VAIN = env.float("VISIT_IN_VAIN", default=0.1)
VISIT_MINUTES_SIGMA = env.float("VISIT_MINUTES_SIGMA", default=0.35)
APPROXIMATE_EXTRA_MINUTES = env.int(
    "APPROXIMATE_EXTRA_MINUTES", default=5
)  # to find a home known by village only
RECORDING_SKILLS: list[str] = env.list("RECORDING_SKILLS", default=["camera", "fingerprint", "signature"])
# The interval that families are told comes from replays of the day: drives vary by TRAVEL_CV (a coefficient of
# variation), ARRIVAL_COVERAGE of the families are met within it, in ARRIVAL_EARLY of the cases the team has to
# wait for it to begin, and it is at least ARRIVAL_NARROWEST minutes long. ARRIVAL_EARLIER and ARRIVAL_LATER are
# minutes around the planned arrival, for what was planned before there were replays.
TRAVEL_CV = env.float("TRAVEL_CV", default=0.25)
ARRIVAL_COVERAGE = env.float("ARRIVAL_COVERAGE", default=0.8)
ARRIVAL_EARLY = env.float("ARRIVAL_EARLY", default=0.15)
ARRIVAL_NARROWEST = env.int("ARRIVAL_NARROWEST", default=20)
REPLAYS = env.int("REPLAYS", default=500)
ARRIVAL_EARLIER = env.int("ARRIVAL_EARLIER", default=20)
ARRIVAL_LATER = env.int("ARRIVAL_LATER", default=40)
# On the road a visit is begun if it usually ends at most so many minutes into the break, which is taken after it.
BREAK_GRACE_MINUTES = env.int("BREAK_GRACE_MINUTES", default=10)
# Plans keep so many standard deviations of the total length of a team-day's visits free before its shift ends.
PLAN_RESERVE = env.float("PLAN_RESERVE", default=0.95)
NUMBA_CACHE_DIR = Path(env.str("NUMBA_CACHE_DIR", default=str(DATA_DIR / "numba")))
# Points it costs to move a published visit to another team or day, or to take it away: as much as ten days of
# waiting. Higher, and published visits stay; zero, and every plan deals them anew.
PLAN_MOVE_POINTS = env.float("PLAN_MOVE_POINTS", default=10)
# A visit of a family that was told its hour is called news, and the family to be called, where it shifts by more.
NEWS_MINUTES = env.int("NEWS_MINUTES", default=30)
# How long the computer thinks about the rest of a day that is under way.
REPLAN_SECONDS = env.int("REPLAN_SECONDS", default=1)
PLAN_LEASE_SECONDS = env.int("PLAN_LEASE_SECONDS", default=20)
PLAN_MAX_SECONDS = env.int("PLAN_MAX_SECONDS", default=300)

# The sealed bytes of records, as tablets handed them in.
RECORDS_DIR = Path(env.str("RECORDS_DIR", default=str(DATA_DIR / "records")))
# Tablets: the oldest protocol number that may still fetch days and pair; older ones may always hand in.
OLDEST_CLIENT = env.int("OLDEST_CLIENT", default=1)
# Private halves of the capture keys and of the worker's own; the worker's user alone reads this folder.
CAPTURE_PRIVATE_KEYS_DIR = env.str("CAPTURE_PRIVATE_KEYS_DIR", default="")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["visits.api.authentication.DeviceAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["visits.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "visits.api.parsers.JsonAlways",
    "DEFAULT_SCHEMA_CLASS": "visits.api.schema.TabletSchema",
    "EXCEPTION_HANDLER": "config.api.exception_handler",
    "UNAUTHENTICATED_USER": None,
    # How many proxies stand before us; their count says whose address to believe.
    "NUM_PROXIES": env.int("PROXIES", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Jemput Bola: tablet",
    "DESCRIPTION": "The protocol between a field officer's tablet and the office.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/api/v1"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["visits.api.schema.add_components"],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}
