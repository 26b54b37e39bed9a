#!/usr/bin/env python3
"""Writes the realistic co-coaching and event programmes: heads of real East Ayrshire schools (the people are made up), and a register at the door.

    make.py            from anywhere; the folders beside this file and in ../event-pairs are written again
"""
import csv
import pathlib
import random

HERE = pathlib.Path(__file__).resolve().parent
SCHOOLS = HERE.parent / "east-ayrshire" / "comfortable" / "schools.csv"
FIRST = "Ailsa Blair Catriona Donald Eilidh Fraser Greer Hamish Iona Jamie Kirsty Lachlan Morven Neil Orla Peigi Ruaridh Shona Tavish Una Wilma".split()
LAST = "Adair Begg Cairns Drever Esslemont Farquhar Gilmour Haldane Imrie Jardine Kinloch Laidlaw Mearns Nisbet Ogilvie Purdie Ramage Sloan Tulloch Urie Weir".split()
TAGS = "leading-change staff-wellbeing curriculum self-evaluation parental-engagement data-for-improvement distributed-leadership attendance".split()
SLOTS = "mon-am mon-pm tue-am tue-pm wed-am wed-pm thu-am thu-pm fri-am".split()


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, str):
            (folder / name).write_text(content)
            continue
        with open(folder / name, "w", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows(content)


def heads(count, seed):
    """Heads of `count` primary and secondary schools; some are acting, two are executive heads."""
    rng = random.Random(seed)
    with open(SCHOOLS, newline="") as f:
        all_schools = list(csv.DictReader(f))
    wanted = [s for s in all_schools if s["sector"] in ("primary", "secondary", "special")]
    schools = sorted(rng.sample(wanted, count), key=lambda s: s["id"])
    ids = [f"H{i:02}" for i in range(1, count + 1)]
    rows = [["id", "name", "school", "role", "manager", "drives", "online", "slots", "needs", "preferences", "strengths"]]
    for i, (who, school) in enumerate(zip(ids, schools)):
        role = {3: "EHT", 9: "HT (acting)", 12: "EHT"}.get(i, "HT")
        needs = rng.sample(TAGS, rng.randint(1, 3))
        strengths = [f"{t}:{rng.randint(1, 3)}" for t in rng.sample([t for t in TAGS if t not in needs], 3)]
        choices = rng.sample([x for x in ids if x != who], rng.choice([0, 0, 1, 2]))
        name = f"{FIRST[i % len(FIRST)]} {LAST[(i * 5 + 2) % len(LAST)]}"
        rows.append([who, name, school["id"], role, "P01", "yes", "no",
                     ";".join(sorted(rng.sample(SLOTS, 7), key=SLOTS.index)), ";".join(needs), ";".join(choices), ";".join(strengths)])
    columns = list(all_schools[0])
    keep = {s["id"] for s in schools}
    table = [columns]
    for s in schools:
        links = [x for x in s["links"].split(";") if x and x.split(":")[1] in keep]
        table.append([";".join(links) if c == "links" else s[c] for c in columns])
    conflicts = [["person", "other", "kind", "from", "to", "opaque"], [ids[0], ids[4], "dispute", "", "", "yes"],
                 [ids[7], ids[2], "personal", "", "", "no"], [ids[10], schools[11]["id"], "rival", "", "", "no"]]
    history = [["coach", "coachee", "programme", "from", "to", "outcome"]]
    history += [[ids[i], ids[i + 1], "Co-coaching 2025-26", "2025-08-25", "2026-06-26", "completed"] for i in range(0, count - 1, 2)]
    people = [["id", "name", "role", "manager"], ["P01", "Mairi Ballantyne", "Director", "vacant"]]
    return {"participants.csv": rows, "schools.csv": table, "conflicts.csv": conflicts, "history.csv": history, "people.csv": people}


def programme(name, rules=""):
    text = f'name = "{name}"\npreset = "co-coaching"\nstarts = 2026-08-24\nends = 2027-06-25\n'
    return text + (f"\n[rules]\n{rules}\n" if rules else "")


def expect(about, lines):
    return f'about = "{about}"\nevery_door = true\n\n[expect]\noutcome = "optimal"\nproof = "certified"\n{lines}exit = 0\n'


def register(count, seed):
    rng = random.Random(seed)
    with open(SCHOOLS, newline="") as f:
        schools = [s["id"] for s in csv.DictReader(f)]
    rows = [["id", "name", "role", "school"]]
    for i in range(1, count + 1):
        role = rng.choices(["T", "PT", "DHT", "HT"], [60, 20, 12, 8])[0]
        rows.append([f"R{i:03}", f"{rng.choice(FIRST)} {rng.choice(LAST)}", role, rng.choice(schools)])
    return {"participants.csv": rows}


def main():
    nine = heads(18, 18)
    write(HERE / "heads-of-18-schools", nine | {
        "programme.toml": programme("Heads of 18 schools"),
        "expect.toml": expect("The heads of 18 real schools coach each other in 9 pairs; last year's pairs are new ones.", "matched = 18\nsizes = [9, 0]\n")})
    write(HERE / "heads-of-18-schools-in-triads", nine | {
        "programme.toml": programme("Heads of 18 schools in triads", "group_size = { size = 3 }"),
        "expect.toml": expect("The same heads in 6 triads with rotating observers.", "matched = 18\nsizes = [0, 6]\n")})
    write(HERE / "heads-of-21-schools", heads(21, 21) | {
        "programme.toml": programme("Heads of 21 schools"),
        "expect.toml": expect("The heads of 21 schools: an odd number gives exactly one triad.", "matched = 21\nsizes = [9, 1]\n")})
    head = 'name = "Paired planning"\npreset = "event-pairs"\nstarts = 2026-11-02\nends = 2026-11-02\n'
    write(HERE.parent / "event-pairs" / "register-of-400", register(400, 400) | {
        "programme.toml": head,
        "expect.toml": expect("A register of 400 people at the door, name, role and school: 200 pairs.", "matched = 400\nsizes = [200, 0]\n")})
    write(HERE.parent / "event-pairs" / "register-of-101", register(101, 101) | {
        "programme.toml": head,
        "expect.toml": expect("101 people at the door: one triad.", "matched = 101\nsizes = [49, 1]\n")})


if __name__ == "__main__":
    main()
