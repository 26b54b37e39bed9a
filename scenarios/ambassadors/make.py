#!/usr/bin/env python3
"""Writes the programme of this folder: python3 make.py

quota/schools.csv is not written here. 47 applicants of 15 schools want to be trained as coaching ambassadors by 12 coaches with 38 places; every
school is to have two at least and three at most. All people are made up."""
import pathlib, sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from crowd import Crowd, read, write

FOLDER = HERE / "quota"
FIVE = ("beath-high-school", "dunfermline-high-school")  # applicants; every other school has three, two have two
TWO = ("kirkton-of-largo-ps", "north-queensferry-ps")
LATE = ("crossford-ps", "dysart-ps")  # all their applicants applied late: by class alone nobody of theirs would come
REMOTE = ("bell-baxter-high-school", "kirkton-of-largo-ps", "lundin-mill-ps")  # nobody there drives


def main():
    crowd = Crowd(1515, 500)
    schools = [s["id"] for s in read(FOLDER / "schools.csv")]
    people = [dict(id="P1", name=crowd.name(), role="Director of Education")]
    heads = {}
    coaches, coachees, conflicts = [], [], []
    for n, school in enumerate(schools, 1):
        heads[school] = f"H{n:02}"
        row = dict(id=f"H{n:02}", name=crowd.name(), school=school, role="HT", manager="P1")
        # Twelve heads train; their places are just enough.
        if n % 5 == 0:
            people.append(row)
        else:
            coaches.append(dict(row, max=4 if n in (2, 11) else 3, drives="yes", slots=crowd.slots(7), strengths=crowd.strengths(7)))
    for school in schools:
        for k in range(5 if school in FIVE else 2 if school in TWO else 3):
            late = school in LATE or (school in FIVE and k == 4)
            coachees.append(dict(id=f"A{len(coachees) + 1:02}", name=crowd.name(), school=school, role="T" if k % 2 else "PT", manager=heads[school], sponsor=heads[school],
                                 drives="no" if school in REMOTE else "yes", online="yes" if school in REMOTE and k == 0 else "",
                                 slots=crowd.slots(6), needs=crowd.needs(3), priority="9" if late else ""))
    by_school = {s: [e for e in coachees if e["school"] == s] for s in schools}
    places = sum(c["max"] for c in coaches)
    # A head who would suit best is in dispute with the applicant; nobody is told.
    coach, applicant = coaches[0], by_school["rimbleton-ps"][0]
    applicant.update(needs=";".join(s.split(":")[0] for s in coach["strengths"].split(";")[:3]), slots=coach["slots"], preferences=coach["id"])
    conflicts.append(dict(person=applicant["id"], other=coach["id"], kind="dispute", opaque="yes"))
    # Two applicants who are not to share a coach, both drawn to the same one.
    one, two = by_school["balwearie-high-school"][0], by_school["auchmuty-high-school"][0]
    star = coaches[4]
    for who in (one, two):
        who.update(needs=";".join(s.split(":")[0] for s in star["strengths"].split(";")[:3]), slots=star["slots"], preferences=star["id"])
    conflicts.append(dict(person=one["id"], other=two["id"], kind="personal"))
    (FOLDER / "programme.toml").write_text("""name = "Coaching ambassadors"
preset = "ambassadors"
starts = 2026-09-01
ends = 2027-06-30

[rules]
school_quota = { level = "hard", least = 2, most = 3 }
apart = "hard"
travel = { level = "soft", weight = 10, free_minutes = 15, full_minutes = 50, no_car_minutes = 25 }
""", encoding="utf-8")
    write(FOLDER, "coaches", "id name school role manager max drives slots strengths", coaches)
    write(FOLDER, "coachees", "id name school role manager sponsor drives online slots needs preferences priority", coachees)
    write(FOLDER, "people", "id name school role manager", people)
    write(FOLDER, "conflicts", "person other kind opaque", conflicts)
    print(len(coachees), "applicants,", places, "places")


if __name__ == "__main__":
    main()
