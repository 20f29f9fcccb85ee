"""Made-up people of a made-up corner of the regency."""

from datetime import date, timedelta

import factory

from outreach import vault
from outreach.enums import NeedKind, NeedState, Relation, ResidentKind
from outreach.models import District, Need, Regency, Resident, Village, VisitRequest
from tests.support import clock


class RegencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Regency
        django_get_or_create = ("code",)

    code = "35.19"
    name = "Kabupaten Contoh"
    attribution = "Data contoh"


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("code",)

    code = "35.19.01"
    regency = factory.SubFactory(RegencyFactory)
    name = "Kecamatan Contoh"
    latitude = -7.743
    longitude = 111.484


ROW = 20


class Places:
    """Where made-up villages lie: a kilometre apart, row beside row. `tests/conftest.py` starts anew before each
    test, so that distances do not depend on the tests before it."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._taken = 0

    def take(self) -> tuple[float, float]:
        column, row = divmod(self._taken, ROW)
        self._taken += 1
        return round(-7.74 + row * 0.01, 6), round(111.48 + column * 0.01, 6)


places = Places()


class VillageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Village
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"35.19.01.{2001 + n}")
    district = factory.SubFactory(DistrictFactory)
    name = factory.Sequence(lambda n: f"Desa Contoh {n + 1}")
    kind = Village.Kind.DESA
    latitude = factory.LazyAttribute(lambda village: village.place[0])
    longitude = factory.LazyAttribute(lambda village: village.place[1])

    class Params:
        place = factory.LazyFunction(places.take)


class ResidentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Resident

    key = factory.LazyFunction(vault.create_person_key)
    name = factory.Sequence(lambda n: f"Warga Contoh {n + 1}")
    birth_date = date(1950, 5, 17)
    kind = ResidentKind.ELDERLY
    village = factory.SubFactory(VillageFactory)
    latitude = factory.SelfAttribute("village.latitude")
    longitude = factory.SelfAttribute("village.longitude")
    made_up = True


class NeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Need

    resident = factory.SubFactory(ResidentFactory)
    kind = NeedKind.RECORDING
    state = NeedState.OPEN
    waiting_since = factory.LazyFunction(lambda: clock.now() - timedelta(days=5))


class VisitRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VisitRequest

    reference = factory.Sequence(lambda n: f"JB-TEST-{n:06d}")
    form_token = factory.Sequence(lambda n: f"form-{n}")
    key = factory.LazyFunction(vault.create_person_key)
    relation = Relation.FAMILY
    name = factory.Sequence(lambda n: f"Warga Contoh {n + 1}")
    birth_date = date(1950, 5, 17)
    kind = ResidentKind.ELDERLY
    village = factory.SubFactory(VillageFactory)
    family_confirmed_at = factory.LazyFunction(clock.now)
    made_up = True
