"""One route in arrays: refresh its times, find the best place for a visit, put it in, take it out.

The idea (Savelsbergh's forward slack, with breaks and several windows): keep for every stop the
earliest departure and the latest arrival that leaves the rest feasible. A visit fits between two
stops when driving to it, starting in a good slot and driving on arrives no later than that.
"""

from __future__ import annotations

from visits.planning.engine.clock import drive, drive_back, first_start, last_start, travel
from visits.planning.engine.data import (
    CLASS,
    DAY,
    END,
    FIRST_LAST,
    FROM,
    LATEST,
    LEAVE,
    LEG,
    LENGTH,
    MOST,
    PLACE,
    START,
    TO,
    TRAVEL,
    VISIT,
    Data,
    State,
)
from visits.planning.engine.jit import kernel


@kernel
def refresh(d: Data, s: State, r: int) -> bool:
    """Recompute all times and sums of route `r`; False when its order breaks a rule."""
    stops, length, c = s.stops, s.facts[r, LENGTH], d.shift[r, CLASS]
    first_last, total, worth, good = length + 1, 0, 0.0, True
    now = d.shift[r, START]
    here = d.shift[r, FROM]
    stops[r, LEAVE, 0] = now
    stops[r, PLACE, 0] = here
    for k in range(1, length + 1):
        visit = stops[r, VISIT, k]
        there = d.place[visit]
        leg = travel(d, here, there)
        start = first_start(d, c, visit, drive(d.breaks, c, now, leg))
        if start < 0:
            good = False
            start = now + leg
        now = start + d.service[visit]
        stops[r, LEAVE, k] = now
        stops[r, LEG, k] = leg
        stops[r, PLACE, k] = there
        total += leg
        worth += d.prize[visit, d.shift[r, DAY]]
        if d.last[visit]:
            first_last = min(first_last, k)
        elif first_last < k:
            good = False
        here = there
    end = d.shift[r, TO]
    leg = travel(d, here, end) if length > 0 else 0
    stops[r, LEG, length + 1] = leg
    stops[r, PLACE, length + 1] = end
    latest = d.shift[r, END]
    stops[r, LATEST, length + 1] = latest
    good = good and drive(d.breaks, c, now, leg) <= latest
    for k in range(length, 0, -1):
        visit = stops[r, VISIT, k]
        latest = drive_back(d.breaks, c, latest, stops[r, LEG, k + 1]) - d.service[visit]
        latest = last_start(d, c, visit, latest)
        stops[r, LATEST, k] = latest
    s.facts[r, FIRST_LAST] = first_last
    s.facts[r, TRAVEL] = total + leg
    s.worth[r] = worth
    return good


@kernel
def best_place(d: Data, s: State, visit: int, r: int, most: int) -> tuple[int, int]:
    """(added seconds, gap) of the cheapest feasible gap of `r` that adds less than `most`, or (most, -1)."""
    stops, length, c = s.stops, s.facts[r, LENGTH], d.shift[r, CLASS]
    best = -1
    if length >= d.shift[r, MOST]:
        return most, best
    first, final = 0, length
    if d.last[visit]:
        first = s.facts[r, FIRST_LAST] - 1
    else:
        final = s.facts[r, FIRST_LAST] - 1
    service, place = d.service[visit], d.place[visit]
    for k in range(first, final + 1):
        leave, latest = stops[r, LEAVE, k], stops[r, LATEST, k + 1]
        if leave + service > latest:
            continue
        there = travel(d, stops[r, PLACE, k], place)
        added = there - stops[r, LEG, k + 1]
        if added >= most or leave + there + service > latest:
            continue
        onward = travel(d, place, stops[r, PLACE, k + 1])
        added += onward
        if added >= most or leave + there + service + onward > latest:
            continue
        start = first_start(d, c, visit, drive(d.breaks, c, leave, there))
        if start >= 0 and drive(d.breaks, c, start + service, onward) <= latest:
            most, best = added, k
    return most, best


@kernel
def insert(d: Data, s: State, visit: int, r: int, gap: int) -> bool:
    """Put `visit` after stop `gap` and refresh."""
    length = s.facts[r, LENGTH]
    for k in range(length, gap, -1):
        s.stops[r, VISIT, k + 1] = s.stops[r, VISIT, k]
    s.stops[r, VISIT, gap + 1] = visit
    s.facts[r, LENGTH] = length + 1
    s.where[visit] = r
    return refresh(d, s, r)


@kernel
def copy_route(a: State, i: int, b: State, j: int) -> None:
    """Make route `j` of `b` the route `i` of `a`; `where` is left alone."""
    for row in range(5):
        for k in range(a.facts[i, LENGTH] + 2):
            b.stops[j, row, k] = a.stops[i, row, k]
    for k in range(3):
        b.facts[j, k] = a.facts[i, k]
    b.worth[j] = a.worth[i]
