#!/usr/bin/env python3
"""Writes the programme of this folder: python3 make.py

One secondary school with 180 staff: a head, 5 deputes, 12 faculty heads, 24 principal teachers, 138 teachers and support staff. 41 coach, 162 are coached. Coaching comes in
waves, which are priority classes: newly qualified first, then those new to the school or to a post, then everybody else. All made up."""
import pathlib, sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from crowd import Crowd, TAGS, write

FOLDER = HERE / "waves"
FACULTIES = "english mathematics science languages humanities art music pe technology business support guidance".split()


def main():
    FOLDER.mkdir(exist_ok=True)
    crowd = Crowd(1800, 700)
    coaches, coachees, conflicts = {}, {}, []
    people = [dict(id="HT", name=crowd.name(), role="HT")]

    def coach(who, places):
        coaches[who["id"]] = dict(who, max=places, slots=who.get("slots") or crowd.slots(6), strengths=crowd.strengths(7))
        return coaches[who["id"]]

    def coached(who, wave):
        coachees[who["id"]] = dict(who, slots=who.get("slots") or crowd.slots(5), needs=crowd.needs(3), priority=wave)
        return coachees[who["id"]]

    for d in range(1, 6):
        coach(dict(id=f"D{d}", name=crowd.name(), role="DHT", manager="HT"), 3)
    for f, faculty in enumerate(FACULTIES, 1):
        lead = dict(id=f"F{f:02}", name=crowd.name(), role="Faculty head", grade="3", manager=f"D{1 + f % 5}")
        lead["slots"] = crowd.slots(6)
        coach(lead, 4)
        coached(lead, 2 if f % 4 == 0 else 3)
        for p in (1, 2):
            post = dict(id=f"P{f:02}{'ab'[p - 1]}", name=crowd.name(), role="PT", manager=lead["id"], slots=crowd.slots(6))
            coach(post, 3)
            if p == 1:
                coached(post, 2 if f % 3 == 0 else 3)
    posts = [p for p in coaches if p.startswith("P")]
    for t in range(1, 139):
        post = posts[t % len(posts)]
        teacher = dict(id=f"T{t:03}", name=crowd.name(), role="T", manager=post if t % 5 else coaches[post]["manager"])
        coached(teacher, 1 if t % 5 == 0 else 2 if t % 5 == 1 else 3)

    def fits(coach_id, coachee_id, tags):
        for row in (coaches[coach_id], coachees.get(coach_id)):
            if row:
                row["slots"] = coachees[coachee_id]["slots"] = coaches[coach_id]["slots"]
        coachees[coachee_id]["needs"] = ";".join(tags)
        coaches[coach_id]["strengths"] = ";".join(f"{t}:3" for t in tags) + ";delegation:1"
        coachees[coachee_id]["preferences"] = coach_id

    # The appraiser would suit best, and so would the partner; a complaint that nobody may know of.
    fits("P03a", "T010", TAGS[0:3])
    fits("P05b", "T011", TAGS[3:6])
    fits("P07a", "T012", TAGS[6:9])
    conflicts += [dict(person="P03a", other="T010", kind="appraiser"), dict(person="P05b", other="T011", kind="personal"),
                  dict(person="T012", other="P07a", kind="dispute", opaque="yes")]
    # Faculty heads who would each like the other; three who would make a ring.
    fits("F01", "F02", TAGS[9:12])
    fits("F02", "F01", TAGS[9:12])
    for a, b in (("F04", "F06"), ("F06", "F08"), ("F08", "F04")):
        fits(a, b, TAGS[1:4])
    # A principal teacher and somebody whom she manages, drawn to one coach; two colleagues who are not to share one.
    managed = next(t["id"] for t in coachees.values() if t["manager"] == "P10a" and t["id"].startswith("T"))
    for who in ("P10a", managed):
        fits("D2", who, TAGS[5:8])
    for who in ("T020", "T035"):
        fits("P11b", who, TAGS[10:13])
    conflicts.append(dict(person="T020", other="T035", kind="personal"))
    (FOLDER / "programme.toml").write_text("""name = "Everybody is coached: the first year"
preset = "whole-school"
starts = 2026-08-17
ends = 2027-06-25

[rules]
two_clients = "hard"
apart = "hard"
rings = { level = "soft", weight = 60 }
""", encoding="utf-8")
    write(FOLDER, "coaches", "id name role grade manager max slots strengths", coaches.values())
    write(FOLDER, "coachees", "id name role grade manager slots needs preferences priority", coachees.values())
    write(FOLDER, "people", "id name role manager", people)
    write(FOLDER, "conflicts", "person other kind opaque", conflicts)
    staff = {**coaches, **coachees}
    print(len(staff) + 1, "staff,", len(coaches), "coach,", len(coachees), "are coached,", sum(c["max"] for c in coaches.values()), "places,",
          [sum(e["priority"] == w for e in coachees.values()) for w in (1, 2, 3)], "in the waves")


if __name__ == "__main__":
    main()
