import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from outreach.models import District
from tests.factories.outreach import DistrictFactory
from tests.support.safe_reads import ReadWroteError


def _rename(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        District.objects.update(name="Contoh")
    return HttpResponse()


urlpatterns = [path("rename/", _rename)]


@pytest.mark.django_db
@pytest.mark.urls("tests.support.test_safe_reads")
def test_a_get_that_writes_is_caught() -> None:
    DistrictFactory()
    client = Client()

    with pytest.raises(ReadWroteError, match="outreach_district"):
        client.get("/rename/")

    assert client.post("/rename/").status_code == 200
    assert District.objects.get().name == "Contoh"
    assert connection.execute_wrappers == []
