from visits.schedule.problem import priority_weights


def test_every_weight_of_the_settings_is_said(settings) -> None:
    settings.PLAN_POINTS = {
        "kind": {"sick": 31},
        "urgency": {"hospital": 32},
        "delivery": 33,
        "waiting_day": 1.5,
        "attempt": 35,
        "deadline": 36,
        "deadline_days": 14,
        "village": 37,
        "village_weeks": 4,
        "decay": {"normal": 1, "hospital": 4},
    }
    settings.LONGEST_WAIT_DAYS = 77

    rows = dict(priority_weights.list_weights())

    assert rows == {
        "31": "sakit",
        "32": "sangat mendesak",
        "33": "antar KTP-el",
        "1,5": "tiap hari menunggu, tanpa batas atas",
        "35": "tiap kunjungan yang sudah dicoba",
        "36": "paling banyak, makin dekat batas waktu (14 hari terakhir)",
        "37": "paling banyak, untuk desa yang kurang dikunjungi 4 minggu terakhir",
        "−": "tiap hari ditunda dalam rencana: biasa 1, sangat mendesak 4",
    }
    assert "lebih dari 77 hari" in priority_weights.describe_guarantee()
