"""A small Django project in one file, as an app server runs it behind the gateway: `gunicorn shop:application`."""

import os
from urllib.parse import unquote

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for this process",
    USE_TZ=True,
    # What Django's documentation says for a proxy that sets these fields itself.
    USE_X_FORWARDED_HOST=True,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
    # The access token is the gateway's issuer's: ES256, verified by its published keys.
    SIMPLE_JWT={
        "ALGORITHM": "ES256",
        "JWK_URL": os.environ["JWK_URL"],
        "ISSUER": os.environ["ISSUER"],
        "AUDIENCE": "front-door",
        "USER_ID_CLAIM": "user_id",
    },
)

import django

django.setup()

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseRedirect
from django.urls import path
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication


class GatewayUser:
    is_authenticated = True

    def __init__(self, name):
        self.name = name


class GatewayIdentity(BaseAuthentication):
    """Believes the gateway: nobody else reaches the socket."""

    def authenticate(self, request):
        user = request.META.get("HTTP_X_FORWARDED_USER")
        return (GatewayUser(unquote(request.META.get("HTTP_X_FORWARDED_NAME", user))), None) if user else None


class Trusting(APIView):
    authentication_classes = [GatewayIdentity]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"name": request.user.name, "address": request.build_absolute_uri()})

    def post(self, request):
        return Response({"name": request.user.name, "length": len(request.body), "sum": sum(request.body)}, status=201)


class Verifying(APIView):
    authentication_classes = [JWTStatelessUserAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response({"user_id": request.user.id, "scope": request.auth["scope"]})


def moved(request):
    return HttpResponseRedirect(request.build_absolute_uri("/api/django/trusting/"))


urlpatterns = [
    path("api/django/trusting/", Trusting.as_view()),
    path("api/django/verifying/", Verifying.as_view()),
    path("api/django/moved/", moved),
]
application = get_wsgi_application()
