import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

RINA = User(username="rina.kartika", first_name="Rina", last_name="Kartikasari")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("pendek9", "password_too_short"),
        ("rinakartika7", "password_too_similar"),
        ("Kartikasari1", "password_too_similar"),
        ("1234567890", "password_entirely_numeric"),
        ("password123", "password_too_common"),
        ("Dispendukcapil2026!", "password_of_local_words"),
        ("jemput-bola-01", "password_of_local_words"),
        ("KabupatenMadiun#1", "password_of_local_words"),
        ("rahasia@2026", "password_of_local_words"),
        ("koordinator_12", "password_of_local_words"),
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str, code: str):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, RINA)
    assert code in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("password", ["kuda terbang tujuh belas", "Tq7-vm2-Lx9z", "petugas makan durian"])
def test_other_passwords_are_taken(password: str):
    validate_password(password, RINA)
