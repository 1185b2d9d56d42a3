"""The flag rules read a second time, as plainly as can be, to hold the engine against.

Nothing here is shared with the engine: each rule is written out over dictionaries, slowly, from
the written reading of the rules. May import: the standard library.
"""

from __future__ import annotations

from typing import Any

KNOWN = [
    "breathless",
    "chest-pain",
    "coughing-blood",
    "blue-lips",
    "very-sleepy",
    "hard-to-wake",
    "confused",
    "slow-breathing",
    "sleepy",
    "numb-lips",
    "metal-taste",
    "ringing-ears",
    "blurred-vision",
    "twitching",
    "slurred-speech",
    "seizure",
    "face-swelling",
    "hives-faint",
    "self-harm-thoughts",
    "limb-swollen-sore",
    "fast-swelling",
    "heavy-bleeding",
    "chills",
    "spreading-redness",
    "wound-pus-open",
    "hot-red-arm",
    "small-redness",
    "legs-or-bladder",
    "face-droop",
    "extra-tablets",
    "alcohol-or-sedative",
    "nerve-pain",
    "skin-injury",
    "skin-injury-severe",
    "new-weakness",
    "fall-injury",
    "constipation-3-days",
    "vomiting-12-hours",
    "belly-severe",
    "drain-problem",
    "soft-swelling",
    "arm-heavy",
    "pump-problem",
    "low-mood",
    "wants-help",
    "numbness",
    "bruise",
    "itch-tingling",
    "skin-color-change",
    "hair-loss",
    "drain-redness",
    "growing",
]
MASTECTOMY_ONLY = ["drain-problem", "soft-swelling", "arm-heavy", "pump-problem", "drain-redness"]
NUMBING = [
    "numb-lips",
    "metal-taste",
    "ringing-ears",
    "blurred-vision",
    "slurred-speech",
    "twitching",
]
LIMITS = {
    "nrs_avg": (0, 10),
    "nrs_worst": (0, 10),
    "tablets": (0, 30),
    "wakes": (0, 20),
    "temperature_c": (30, 45),
}
RANK = {"urgent": 0, "soon": 1, "watch": 2}
Day = dict[str, Any]


def judge(setup: Day, reports: list[Day]) -> list[tuple[int, str, str]]:
    """(pod, two digits of the rule, severity), in order."""
    days = sorted(reports, key=lambda day: day["pod"])
    found: dict[int, dict[str, str]] = {}
    for place, day in enumerate(days):
        earlier = days[:place]
        found[day["pod"]] = (
            _missed(day, earlier, found) if day.get("missed") else _answered(setup, day, earlier)
        )
    return [(pod, rule, found[pod][rule]) for pod in found for rule in sorted(found[pod])]


def _missed(day: Day, earlier: list[Day], found: dict[int, dict[str, str]]) -> dict[str, str]:
    held = {}
    if earlier and earlier[-1].get("missed") and day["pod"] <= 7:
        held["27"] = "watch"
    before = found.get(day["pod"] - 1, {})
    if any(severity in ("urgent", "soon") for severity in before.values()):
        held["27"] = "soon"
    return held


def _value(day: Day, item: str) -> float | None:
    value = day.get(item)
    if value is None or value < LIMITS[item][0]:
        return None
    return value


def _answered(setup: Day, day: Day, earlier: list[Day]) -> dict[str, str]:  # noqa: C901
    held: dict[str, str] = {}

    def holds(rule: str, severity: str, condition: bool) -> None:
        if condition and RANK[severity] < RANK.get(held.get(rule, ""), 3):
            held[rule] = severity

    pod = day["pod"]
    mastectomy = setup["pathway"] == "mastectomy"
    label, baseline = setup.get("label_max"), setup.get("baseline_nrs")
    avg, worst, tablets = (_value(day, item) for item in ("nrs_avg", "nrs_worst", "tablets"))
    temperature = _value(day, "temperature_c")
    checkins = [one for one in earlier if not one.get("missed")]
    effects = day.get("effects") or []
    said = day.get("said", ())

    def tick(*names: str) -> bool:
        return any(name in effects for name in names)

    def last(item: str) -> float | None:
        values = [_value(one, item) for one in checkins if _value(one, item) is not None]
        return values[-1] if values else None

    def out(value: float) -> bool:
        if mastectomy or baseline is None:
            return True
        return value >= round(baseline + 2, 6) or value >= 9

    mme = None if tablets is None else round(tablets * (setup.get("mg_per_tablet") or 5) * 1.5, 6)
    any_tablet = tablets is not None and tablets > 0
    signs = sum(name in effects for name in NUMBING)
    window = bool(setup.get("pump_on")) or pod <= 1

    holds("01", "urgent", tick("breathless", "chest-pain", "coughing-blood", "blue-lips"))
    holds("02", "urgent", tick("very-sleepy", "hard-to-wake", "confused", "slow-breathing"))
    holds("03", "urgent", tick("seizure") or (window and signs >= 1) or signs >= 2)
    holds("04", "urgent", tick("face-swelling", "hives-faint"))
    holds("05", "urgent", tick("self-harm-thoughts"))
    holds("06", "urgent", tick("limb-swollen-sore", "hot-red-arm"))
    holds("07", "urgent", tick("fast-swelling", "heavy-bleeding"))
    holds("08", "urgent", temperature is not None and temperature >= 38)
    holds("08", "urgent", tick("chills", "spreading-redness", "wound-pus-open", "hot-red-arm"))
    holds("08", "urgent", tick("growing") and tick("small-redness", "drain-redness"))
    holds("08", "soon", tick("small-redness"))
    holds("09", "urgent", tick("legs-or-bladder", "face-droop", "slurred-speech"))

    ten_a = avg is not None and avg >= 7 and out(avg)
    holds("10", "urgent", ten_a)
    holds("10", "urgent", worst is not None and worst >= 9)
    for item, now in (("nrs_avg", avg), ("nrs_worst", worst)):
        for one in checkins:
            before = _value(one, item)
            if now is None or before is None or pod - one["pod"] > 2:
                continue
            holds("10", "urgent", now >= 7 and out(now) and round(now - before, 6) >= 4)
    highest = []
    for one in checkins:
        given = [_value(one, item) for item in ("nrs_avg", "nrs_worst")]
        known = [value for value in given if value is not None]
        highest += [max(known)] if known else []
    if worst is not None and worst >= 7 and out(worst) and len(highest) >= 3:
        holds("10", "urgent", max(highest[-3:]) <= 2)

    holds("11", "urgent", label is not None and tablets is not None and tablets > label)
    holds("11", "urgent", label is None and mme is not None and mme >= 90)
    holds("11", "urgent", tick("extra-tablets"))
    for rule in ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"):
        holds(rule, "urgent", rule in said)
    holds("12", "soon", (tick("alcohol-or-sedative") or "12" in said) and any_tablet)
    holds("13", "soon", mme is not None and mme >= 50 and "11" not in held)
    holds("02", "urgent", tick("sleepy") and ("11" in held or "12" in held))

    def counts(value: float | None) -> bool:
        if value is None or value < 4:
            return False
        return out(value) or (not mastectomy and baseline is not None and value >= 7)

    holds("14", "soon", not ten_a and counts(avg) and counts(last("nrs_avg")))
    was = last("nrs_avg")
    holds(
        "15", "soon", avg is not None and avg >= 4 and was is not None and round(avg - was, 6) >= 2
    )
    counted = [_value(one, "tablets") for one in checkins]
    known_tablets = [value for value in counted if value is not None]
    if tablets is not None:
        three = [*known_tablets, tablets][-3:]
        holds("16", "soon", len(three) == 3 and three[0] < three[1] < three[2])
        if known_tablets:
            holds("16", "soon", round(tablets - known_tablets[-1], 6) >= 3)

    holds("17", "soon", pod > 21 and any_tablet)
    with_tablets = [one for one in (*checkins, day) if _value(one, "tablets") is not None][-3:]
    holds(
        "17",
        "soon",
        tablets is not None
        and len(with_tablets) == 3
        and all(one["tablets"] > 0 and one["pod"] > 7 for one in with_tablets),
    )

    nights = [_night(one) for one in (*checkins, day)]
    if nights[-1] == "bad":
        holds("18", "watch", True)
        settled = [night for night in nights if night != "unknown"]
        holds("18", "soon", len(settled) >= 2 and settled[-2] == "bad")

    began = pod
    for one in reversed(checkins):
        if one.get("effects") is None:
            continue
        if "nerve-pain" not in one["effects"]:
            break
        began = one["pod"]
    holds("19", "soon", tick("nerve-pain") and pod - began >= 14)
    holds("19", "soon", tick("nerve-pain") and pod > 7 and avg is not None and avg >= 4)
    holds("20", "urgent", tick("skin-injury-severe"))
    holds("20", "soon", tick("skin-injury"))
    holds("21", "urgent", tick("fall-injury"))
    holds("21", "soon", tick("new-weakness"))
    lately = any_tablet or any(
        pod - one["pod"] <= 3 and (_value(one, "tablets") or 0) > 0 for one in checkins
    )
    holds("22", "urgent", tick("belly-severe"))
    holds("22", "soon", tick("vomiting-12-hours"))
    holds("22", "soon", tick("constipation-3-days") and lately)
    if mastectomy:
        holds("23", "soon", tick("drain-problem", "soft-swelling", "pump-problem"))
        holds("23", "soon", tick("arm-heavy") and not tick("limb-swollen-sore", "hot-red-arm"))
    ticked_before = [one["effects"] for one in checkins if one.get("effects") is not None]
    low_twice = tick("low-mood") and bool(ticked_before) and "low-mood" in ticked_before[-1]
    holds("24", "soon", "05" not in held and (tick("wants-help") or low_twice))

    pains = [(one["pod"], _value(one, "nrs_avg")) for one in checkins]
    pains = [(when, value) for when, value in pains if value is not None]
    if avg is not None:
        holds("25", "soon", pod >= 90 and avg >= 4 and any(p >= 90 and v >= 4 for p, v in pains))
        back = any(p >= 28 and v >= 3 and any(q < p and w <= 2 for q, w in pains) for p, v in pains)
        holds("25", "watch", 28 <= pod <= 89 and avg >= 3 and back)

    holds("28", "watch", avg is not None and worst is not None and avg > worst)
    prescribed = label != 0 if mastectomy else (label or 0) > 0
    holds("28", "watch", avg is not None and avg >= 4 and tablets == 0 and prescribed)
    holds("28", "watch", worst == 0 and tablets is not None and tablets >= 2)
    for item, (low, high) in LIMITS.items():
        value = day.get(item)
        holds("28", "watch", value is not None and not low <= value <= high)
    given = day.get("tablets")
    holds("28", "watch", given is not None and given * 2 != int(given * 2))
    five = sum(name in effects for name in NUMBING if name != "slurred-speech")
    holds("28", "watch", five == 1 and "03" not in held)
    belongs = [name for name in KNOWN if mastectomy or name not in MASTECTOMY_ONLY]
    holds("28", "watch", any(name not in belongs for name in effects))
    mixed = tick("alcohol-or-sedative") or "12" in said
    blocked = tick("constipation-3-days") and "22" not in held
    holds("28", "watch", tablets is None and (mixed or blocked))

    urgent = "urgent" in held.values()
    holds("26", "soon", tick("growing") or (pod >= 365 and tick("numbness")))
    expected = tick(
        "numbness", "bruise", "itch-tingling", "skin-color-change", "hair-loss", "sleepy"
    )
    expected = expected or (mastectomy and tick("drain-redness"))
    expected = expected or (tick("nerve-pain") and "19" not in held)
    holds("26", "watch", expected and not urgent)
    return held


def _night(day: Day) -> str:
    trouble, wakes = day.get("sleep_trouble"), _value(day, "wakes")
    if trouble == "a lot" or (wakes is not None and wakes >= 3):
        return "bad"
    if trouble == "none" or (trouble == "a little" and wakes is not None):
        return "good"
    return "unknown"
