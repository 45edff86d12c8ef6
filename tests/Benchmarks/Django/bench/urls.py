from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView


@api_view(["GET"])
def orders(request, rest=""):
    return Response({"user": request.user.get_username(), "items": [{"sku": "A-100", "count": 2}, {"sku": "B-205", "count": 1}],
                     "total": "42.50", "currency": "EUR", "state": "paid"})


urlpatterns = [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("api/<path:rest>", orders),
]
