"""The real djangorestframework-simplejwt beside our token service. Arguments say what it is:

issuer PASSWORD           signs in, rotates and blacklists, as our clients knew it
consumer JWKS ISS AUD     an API that takes our access tokens by our key set
"""
import sys
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

role = sys.argv[1]
if role == "consumer":
    jwks, issuer, audience = sys.argv[2:]
    tokens = {"ALGORITHM": "ES256", "JWK_URL": jwks, "ISSUER": issuer, "AUDIENCE": audience}
else:
    tokens = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}

settings.configure(
    SECRET_KEY="a key for tests and nothing else",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework_simplejwt",
        "rest_framework_simplejwt.token_blacklist",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    # What is answered is compared, not how long a hash takes.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    USE_TZ=True,
    SIMPLE_JWT=tokens,
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt import views  # noqa: E402
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication  # noqa: E402
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken  # noqa: E402


class Me(APIView):
    """Who the access token says is asking."""

    authentication_classes = [JWTStatelessUserAuthentication]

    def get(self, request):
        if not request.user.is_authenticated:
            return Response(status=401)
        return Response({"id": request.user.id, "roles": request.auth.get("roles"), "scope": request.auth.get("scope")})


class Odd(APIView):
    """Signs tokens that nobody else would: expired ones, and such that lack a claim."""

    authentication_classes = permission_classes = []

    def get(self, request, kind):
        user = User.objects.get(username="alice")
        if kind == "expired-access":
            token = AccessToken.for_user(user)
            token.set_exp(lifetime=-timedelta(minutes=1))
        else:
            token = RefreshToken.for_user(user)
            if kind == "expired":
                token.set_exp(lifetime=-timedelta(minutes=1))
            else:
                del token.payload[{"no-exp": "exp", "no-jti": "jti", "no-type": "token_type"}[kind]]
        return Response(str(token))


urlpatterns = [
    path("api/token/", views.TokenObtainPairView.as_view()),
    path("api/token/refresh/", views.TokenRefreshView.as_view()),
    path("api/token/verify/", views.TokenVerifyView.as_view()),
    path("api/token/blacklist/", views.TokenBlacklistView.as_view()),
    path("api/token/sliding/", views.TokenObtainSlidingView.as_view()),
    path("api/token/sliding/refresh/", views.TokenRefreshSlidingView.as_view()),
    path("me/", Me.as_view()),
    path("odd/<kind>/", Odd.as_view()),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


call_command("migrate", verbosity=0)
if role == "issuer":
    User.objects.create_user("alice", password=sys.argv[2])
    User.objects.create_user("gone", password=sys.argv[2], is_active=False)
with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:
    print(f"Listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
