#!/usr/bin/env python3
"""Writes the programme of this folder: python3 make.py

budget/schools.csv is not written here. 24 heads and deputes of 12 schools, 4 coaches of the authority, 6 bought in. All made up."""
import pathlib, sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from crowd import Crowd, TAGS, read, write

FOLDER = HERE / "budget"
# id, places, contract hours, day rate, online, strengths beyond those drawn
INTERNAL = [("I1", 3), ("I2", 3), ("I3", 2), ("I4", 2)]
EXTERNAL = [("Z1", 6, 24, 620, "yes"), ("Z2", 5, 18, 410, "yes"), ("Z3", 4, 24, 380, "no"), ("Z4", 3, 12, 450, "yes"), ("Z5", 4, 18, 395, "yes"),
            ("Z6", 6, 36, 540, "no")]
STAR = ["leading-change", "curriculum", "data-for-improvement", "difficult-conversations"]


def main():
    crowd = Crowd(1212, 300)
    schools = [s["id"] for s in read(FOLDER / "schools.csv")]
    coaches, coachees = [], []
    people = [dict(id="P1", name=crowd.name(), role="Head of Education")]
    for id_, places in INTERNAL:
        coaches.append(dict(id=id_, name=crowd.name(), role="Education Officer", grade="5", sectors="central", manager="P1", postcode="PH1 5GD",
                            max=places, online="yes", slots=crowd.slots(6), strengths=crowd.strengths(6)))
    for id_, places, hours, rate, online in EXTERNAL:
        strengths = ";".join(f"{t}:3" for t in STAR) + ";inclusion:3" if id_ == "Z1" else crowd.strengths(7)
        coaches.append(dict(id=id_, name=crowd.name(), role="Leadership coach", sectors="external", postcode={"Z3": "PH15 2DU"}.get(id_, "PH2 0EE"),
                            max=places, hours=hours, cost=rate, online=online, slots=crowd.slots(8), strengths=strengths))
    star = next(c for c in coaches if c["id"] == "Z1")
    for n, school in enumerate(schools, 1):
        head = dict(id=f"H{n:02}", name=crowd.name(), school=school, role="HT", manager="P1")
        depute = dict(id=f"V{n:02}", name=crowd.name(), school=school, role="DHT", manager=head["id"])
        for who in (head, depute):
            at = len(coachees)
            who.update(slots=crowd.slots(5), needs=crowd.needs(3), online="no" if at % 8 == 5 else "yes", max_minutes="60" if at % 8 == 5 else "")
            if at % 3 == 0:  # eight would all like the same coach, who would suit them best
                who.update(needs=";".join(crowd.pick(STAR, 3)), preferences="Z1", slots=star["slots"])
            coachees.append(who)
    by_id = {e["id"]: e for e in coachees}
    # The officer who appraises two heads would suit them best; nobody outside is told why she does not get them.
    for e in ("H03", "H08"):
        by_id[e].update(needs=";".join(s.split(":")[0] for s in coaches[0]["strengths"].split(";")[:3]), slots=coaches[0]["slots"], preferences="I1")
    # Z2's partner sits on the panel for a post that this depute has applied for; Z5 did business with a school.
    by_id["V05"].update(preferences="Z2", slots=coaches[5]["slots"])
    conflicts = [{"person": "I1", "other": e, "kind": "appraiser", "opaque": "yes"} for e in ("H03", "H08")]
    conflicts += [{"person": "V05", "other": "Z2", "kind": "recruitment", "from": "2026-08-17", "to": "2026-12-18"},
                  {"person": "Z5", "other": "crieff-high-school", "kind": "business"}]
    history = [{"coach": "Z4", "coachee": "H06", "programme": "Heads 2025-26", "from": "2025-08-18", "to": "2025-11-07", "outcome": "ended-early"},
               {"coach": "I2", "coachee": "H11", "programme": "Heads 2025-26", "from": "2025-08-18", "to": "2026-06-19", "outcome": "completed"}]
    (FOLDER / "programme.toml").write_text("""name = "Coaching for heads and deputes, some of it bought in"
preset = "expert-coaches"
starts = 2026-08-17
ends = 2027-06-25

[rules]
external = { level = "soft", weight = 25, budget = 18500, days = 3, limit = "hard" }
hours = { level = "hard", per_pair = 6 }
sponsor = "off"
sponsor_tie = "off"
declared = { recruitment = "hard", business = "hard" }
""", encoding="utf-8")
    write(FOLDER, "coaches", "id name role grade sectors manager postcode max online hours cost slots strengths", coaches)
    write(FOLDER, "coachees", "id name school role manager online max_minutes slots needs preferences", coachees)
    write(FOLDER, "people", "id name school role manager", people)
    write(FOLDER, "conflicts", "person other kind from to opaque", conflicts)
    write(FOLDER, "history", "coach coachee programme from to outcome", history)


if __name__ == "__main__":
    main()
