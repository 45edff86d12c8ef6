"""Makes the tables and the one user, whose password is in a file."""
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 (after setup)
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
with open(os.environ["BENCH_PASSWORD_FILE"], encoding="ascii") as file:
    User.objects.create_user("bench", password=file.read())
