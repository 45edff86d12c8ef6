"""What people put behind auth_request: a small program that checks the bearer token's signature, times, issuer and audience."""
import os

import jwt

with open(os.environ["BENCH_PUBLIC_KEY"], encoding="ascii") as file:
    KEY = file.read()
ISSUER = os.environ["BENCH_ISSUER"]
AUDIENCE = os.environ["BENCH_AUDIENCE"]


def application(environ, start_response):
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise jwt.InvalidTokenError("no bearer token")
        claims = jwt.decode(token, KEY, algorithms=["ES256"], issuer=ISSUER, audience=AUDIENCE, options={"require": ["exp", "sub"]})
    except jwt.InvalidTokenError:
        start_response("401 Unauthorized", [("Content-Length", "0")])
        return []
    start_response("204 No Content", [("X-User", claims["sub"])])
    return []
