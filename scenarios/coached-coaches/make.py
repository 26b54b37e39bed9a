#!/usr/bin/env python3
"""Writes the four programmes of this folder: python3 make.py

schools.csv of each is not written here. Everybody is made up; the people of a trust stand in one line: chief executive, directors, heads,
deputes, leads. Whoever is on both lists coaches and is coached."""
import pathlib, sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from crowd import Crowd, TAGS, read, write

COACH = "id name school role sectors manager max online max_minutes slots strengths preferences cost"
COACHEE = "id name school role manager online max_minutes slots needs preferences priority"
PAST = "Coaching across the trust 2025-26"


class Trust:
    def __init__(self, folder, seed):
        self.folder, self.crowd = HERE / folder, Crowd(seed, seed % 1000)
        self.schools = [s for s in read(self.folder / "schools.csv") if s["id"] != "office"]
        self.coaches, self.coachees, self.people = {}, {}, {}
        self.conflicts, self.history = [], []

    def person(self, id_, school, role, manager, coach=0, coached=False, **more):
        who = dict(id=id_, name=self.crowd.name(), school=school, role=role, manager=manager)
        slots = self.crowd.slots(6)
        strengths, needs = self.crowd.strengths(6), self.crowd.needs(3)
        if coach:
            extra = {k: v for k, v in more.items() if k in ("sectors", "cost", "online", "max_minutes")}
            self.coaches[id_] = dict(who, max=coach, slots=slots, strengths=strengths, **extra)
        if coached:
            extra = {k: v for k, v in more.items() if k in ("online", "max_minutes", "priority")}
            self.coachees[id_] = dict(who, slots=slots, needs=needs, **extra)
        if not coach and not coached:
            self.people[id_] = who

    def fits(self, coach, coachee, tags):
        """Makes the pair the best there is: every need covered, the same hours, first choice both ways."""
        self.coachees[coachee]["needs"] = ";".join(tags)
        rest = [s for s in self.coaches[coach]["strengths"].split(";") if s.split(":")[0] not in tags]
        self.coaches[coach]["strengths"] = ";".join([f"{t}:3" for t in tags] + rest[:3])
        for side, me, other in ((self.coaches, coach, coachee), (self.coachees, coachee, coach)):
            wishes = side[me].get("preferences", "").split(";")
            side[me]["preferences"] = ";".join([other] + [w for w in wishes if w and w != other][:2])
        hours = self.coaches[coach]["slots"]
        self.coachees[coachee]["slots"] = hours
        if coachee in self.coaches:
            self.coaches[coachee]["slots"] = hours

    def past(self, coach, coachee, outcome="completed"):
        self.history.append(dict(coach=coach, coachee=coachee, programme=PAST, outcome=outcome, to="2026-06-26", **{"from": "2025-09-08"}))

    def wish(self, one_in, most=3):
        """Some name whom they would like, whoever that may be."""
        for id_, row in self.coachees.items():
            if "preferences" not in row and self.crowd.below(one_in) == 0:
                others = [c for c in self.coaches if c != id_]
                row["preferences"] = ";".join(self.crowd.pick(others, most))

    def write(self, name, rules, objective=""):
        self.folder.mkdir(exist_ok=True)
        text = f'name = "{name}"\npreset = "coached-coaches"\nstarts = 2026-09-07\nends = 2027-07-16\n{objective}\n[rules]\n{rules}'
        (self.folder / "programme.toml").write_text(text, encoding="utf-8")
        for file, columns, rows in (
            ("coaches", COACH, self.coaches.values()), ("coachees", COACHEE, self.coachees.values()),
            ("people", "id name school role manager", self.people.values()),
            ("conflicts", "person other kind from to opaque", self.conflicts),
            ("history", "coach coachee programme from to outcome", self.history)):
            write(self.folder, file, columns, sorted(rows, key=lambda r: list(map(str, r.values()))))


def line(trust, directors, coaching_directors, heads, deputes, leads):
    """`heads` and `deputes`: for the n-th school, places as a coach and whether coached; `leads`: how many of each school."""
    trust.person("X1", "office", "CEO", "")
    regions = sorted({s["region"] for s in trust.schools})
    for d in range(1, directors + 1):
        trust.person(f"D{d}", "office", "Director of Education", "X1", coach=coaching_directors)
    for n, school in enumerate(trust.schools, 1):
        above = f"D{regions.index(school['region']) % directors + 1}"
        trust.person(f"H{n:02}", school["id"], "HT", above, *heads(n))
        trust.person(f"V{n:02}", school["id"], "DHT", f"H{n:02}", *deputes(n))
        for k in range(1, leads(n) + 1):
            extra = {"online": "no", "max_minutes": "45"} if (n * 7 + k) % 9 == 0 else {}
            trust.person(f"L{n:02}{'abcdef'[k - 1]}", school["id"], "PT", f"V{n:02}", 0, True, **extra)


def traps(trust, mutual, ring, past, secret, tags=TAGS):
    """Pairs that would be the best there are and must not be made, or not all of them."""
    for at, (a, b) in enumerate(mutual):
        shared = tags[at:at + 3]
        trust.fits(a, b, shared)
        trust.fits(b, a, shared)
    for at, coach in enumerate(ring):
        trust.fits(coach, ring[(at + 1) % len(ring)], tags[6 + at:9 + at])
    for at, (coach, coachee) in enumerate(past):
        trust.fits(coach, coachee, tags[at + 3:at + 6])
        trust.past(coach, coachee)
    for coach, coachee in secret:
        trust.fits(coach, coachee, tags[12:15])
        trust.conflicts.append(dict(person=coachee, other=coach, kind="other", opaque="yes"))


# The preset says the rest: reciprocity hard, line one step hard and two waivable, online unless somebody says no.
SCORES = """history = { level = "hard", repeat = "avoid" }
rings = { level = "soft", weight = 60, longest = 3 }
"""


def ten_schools():
    trust = Trust("ten-schools", 1010)
    line(trust, 2, 2,
         lambda n: (2 if n not in (4, 9) else 0, n in (2, 5, 8)),
         lambda n: (1 if n in (1, 3, 6, 7) else 0, True),
         lambda n: 1 if n != 4 and n != 6 and n != 10 else 0)
    traps(trust, mutual=[("V01", "V06")], ring=["H02", "H05", "H08"], past=[("H01", "V03"), ("D1", "V09")], secret=[("H06", "L05a")])
    trust.wish(2)
    trust.write("Coached coaches, ten schools", SCORES.replace('"soft", weight = 60', '"hard"'))


def dual_roles():
    trust = Trust("dual-roles", 2121)
    line(trust, 3, 2,
         lambda n: (2 if n <= 13 else 0, n <= 8),
         lambda n: (2 if n > 9 else 0, True),
         lambda n: 1)
    traps(trust, mutual=[("V10", "V14"), ("H01", "V18"), ("H03", "H07")], ring=["V11", "V15", "V19"],
          past=[("H09", "V02"), ("H10", "V05"), ("V12", "L01a"), ("D2", "H04")], secret=[("H11", "L06a"), ("V20", "L09a")])
    trust.wish(2)
    trust.write("Coached coaches, twenty-one schools", SCORES.replace('"hard", repeat', '"soft", weight = 30, repeat'))


def sixty_schools():
    trust = Trust("sixty-schools", 6060)
    line(trust, 4, 3,
         lambda n: (3 if n % 3 else 0, n % 15 in (1, 4, 7, 10)),
         lambda n: (2 if n % 2 else 0, True),
         lambda n: 3 if n <= 34 else 2)
    for n in range(1, 9):
        trust.person(f"Q{n}", "", "Quality Improvement Officer", "D1", coach=3)
    for n in range(1, 7):
        trust.person(f"Z{n}", "", "Leadership consultant", "", coach=6, sectors="external", cost=280 + 40 * n)
    traps(trust, mutual=[("V01", "V05"), ("V09", "H16"), ("H04", "V21"), ("V33", "V37")],
          ring=["V11", "V27", "V43"], past=[("H02", "V08"), ("H05", "V16"), ("V07", "L12a"), ("Q3", "H10"), ("Z1", "V20")],
          secret=[("H08", "L15a"), ("V13", "L20b"), ("Q5", "H22")])
    trust.wish(3)
    trust.write("Coached coaches, sixty schools", SCORES +
                'external = { level = "soft", weight = 5, budget = 9800, days = 2, limit = "hard" }\n',
                'objective = ["coverage", "score", "balance"]\n')


def executives():
    trust = Trust("executives", 808)
    trust.person("X1", "office", "CEO", "", 1, True)
    trust.person("X2", "office", "Chief Operating Officer", "X1", 1, True)
    for n in (1, 2):
        trust.person(f"D{n}", "office", "Director of Education", "X1", 2, True)
    trust.person("D3", "office", "Director of People", "X2", 1, True)
    for n, school in enumerate(trust.schools, 1):
        trust.person(f"H{n}", school["id"], "HT", f"D{1 + n % 2}", 1, True)
    for n in (1, 2):
        trust.person(f"Z{n}", "", "Executive coach", "", 2, sectors="external", cost=900 - 200 * n)
    # Each would suit best somebody they manage, or who manages them two steps up.
    traps(trust, mutual=[("X1", "D1"), ("D2", "H2")], ring=["H1", "H4", "D3"], past=[("Z1", "X1")], secret=[("Z2", "X2")])
    for n in (3, 5, 7):
        trust.fits("X1", f"H{n}", TAGS[n:n + 3])
    trust.write("Executives coach and are coached", SCORES.replace('"soft", weight = 60', '"hard"') + 'line = { level = "hard", steps = 2, waivable_steps = 3 }\n'
                'external = { level = "soft", weight = 5, budget = 5600, days = 3, limit = "hard" }\n')


if __name__ == "__main__":
    ten_schools()
    dual_roles()
    sixty_schools()
    executives()
