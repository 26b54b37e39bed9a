#!/usr/bin/env python3
"""Writes the three programmes of this folder from the tables below: python3 make.py

Only schools.csv is not written here; it is read from comfortable/. Everything else is decided by the tables and by a small
generator of numbers that is the same on every machine. All people are made up."""
import csv, pathlib, shutil

HERE = pathlib.Path(__file__).parent
VARIANTS = ["comfortable", "tight", "short"]
SLOTS = [f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm")]
NOT_SPECIAL = [slot for slot in SLOTS if slot not in ("wed-pm", "fri-am")]  # when no special-school applicant is free
TAGS = ("leading-change curriculum data-for-improvement difficult-conversations inclusion parental-engagement staff-wellbeing "
        "self-evaluation early-level-pedagogy numeracy literacy pupil-voice attendance distributed-leadership").split()

# id, name, school, role, grade, training, barred, slots to choose from, languages, max in the three variants
COACHES = [
    ("C01", "Mòrag Strachan", "kilmarnock-ac", "Head Teacher", "", "trained", "special", SLOTS, "en", (4, 4, 4)),
    ("C02", "Alasdair Pettigrew", "grange-ac", "HT", "", "trained", "special", SLOTS, "en;fr", (4, 3, 3)),
    ("C03", "Siôn Llewelyn", "grange-ac", "DHT", "", "trainee", "special", SLOTS, "cy;en", (2, 2, 2)),
    ("C04", "Eilidh Carruthers", "park", "HT", "", "trained", "", ["tue-am", "wed-pm", "thu-pm", "fri-am"], "en", (2, 2, 2)),
    ("C05", "Donnchadh MacFhionghuin", "willowbank", "HT", "", "trained", "", ["mon-pm", "wed-pm", "fri-am"], "en", (2, 1, 1)),
    ("C06", "Rhona Galbraith", "doon-ac", "HT", "", "trained", "special", SLOTS, "en", (4, 3, 3)),
    ("C07", "Fearghas Ó Dálaigh", "patna-ps", "HT", "", "trained", "", NOT_SPECIAL, "en;ga", (3, 3, 2)),
    ("C08", "Oighrig NicLeòid", "hq", "Gaelic Education Officer", "5", "trained", "", NOT_SPECIAL, "en;gd", (4, 3, 2)),
    ("C09", "Gordon Abercrombie", "stewarton-ac", "HT", "", "trained", "special", SLOTS, "en", (4, 3, 3)),
    ("C10", "Shazia Mahmood", "onthank-ps", "HT", "", "trainee", "special", SLOTS, "en;ur", (4, 3, 2)),
    ("C11", "Heather Lockhart", "lainshaw-ps", "HT", "", "trained", "", NOT_SPECIAL, "en", (3, 2, 2)),
    ("C12", "Iain Dalgleish", "auchinleck-ps", "HT (acting)", "", "trainee", "special", SLOTS, "en", (2, 2, 2)),
    ("C13", "Catrìona NicAoidh", "loudoun-ac", "HT", "", "trained", "special", SLOTS, "en", (4, 3, 3)),
    ("C14", "Áine Ní Cheallaigh", "st-josephs-ac", "HT", "", "trained", "", NOT_SPECIAL, "en;ga", (3, 3, 2)),
    ("C15", "Struan Kinloch", "mauchline-ps", "HT", "", "trained", "special", SLOTS, "en", (3, 2, 2)),
    ("C16", "Lesley Haddow", "new-cumnock-ps", "HT", "", "trainee", "special", SLOTS, "en", (4, 3, 2)),
    ("C17", "Tadeusz Wójcik", "", "Leadership consultant", "5", "trained", "special", SLOTS, "en;pl", (4, 4, 3)),
    ("C18", "Fiona Tulloch", "hq", "Quality Improvement Officer", "5", "trained", "", NOT_SPECIAL, "en", (4, 4, 4)),
    ("C19", "Ruaridh MacPhàrlain", "robert-burns-ac", "Depute Head Teacher", "", "trainee", "special", SLOTS, "en", (2, 2, 2)),
    ("C20", "Gillian Auld", "loudoun-ac", "DHT", "", "trainee", "special", SLOTS, "en", (2, 1, 1)),
    ("C21", "Ravinder Sandhu", "james-hamilton-ps", "DHT", "", "trainee", "special", SLOTS, "en;pa", (2, 2, 2)),
    ("B01", "Seòras Moffat", "stewarton-ac", "DHT", "", "trained", "", NOT_SPECIAL, "en", (2, 2, 2)),
    ("B02", "Gráinne Ó Súilleabháin", "st-josephs-ac", "DHT", "", "trained", "", NOT_SPECIAL, "en", (2, 2, 2)),
    ("B03", "Angharad Prydderch", "lochnorris-ps", "DHT", "", "trained", "", NOT_SPECIAL, "cy;en", (2, 2, 1)),
]
SECTORS = {"C10": "early-learning;primary", "C11": "early-learning;primary", "C17": "external"}
DEPUTE_OF = {"grange-ac": "C03", "robert-burns-ac": "C19", "loudoun-ac": "C20", "james-hamilton-ps": "C21", "stewarton-ac": "B01",
             "st-josephs-ac": "B02", "lochnorris-ps": "B03"}
HEADS = {c[2]: c[0] for c in COACHES if c[3] in ("HT", "Head Teacher", "HT (acting)")}
HEADS["nether-robertland-ps"] = "C11"  # one head for two schools
VACANT = ("darvel-ps", "sorn-ps", "drongan-ps")  # the head's post is empty

# school and role of E01 ... E57; one of a kind below
COACHEES = """hillside DHT|hillside PT|crosshouse-comm DHT|lochnorris-slu PT
bellsbank-ps PT|bellsbank-ps T|dalmellington-ps DHT|littlemill-ps T|st-xaviers-ps PT|doon-ac PT
grange-ac PT|grange-ac PT|grange-ac T|grange-ac PT
sgoil-na-coille-nuaidh PT|sgoil-na-coille-nuaidh T|james-hamilton-ps T
annanhill-ps DHT|hillhead-ps PT|loanhead-ps PT|gargieston-ps DHT|shortlees-ps PT|whatriggs-ps DHT|hurlford-ps PT|crosshouse-ps T
kilmaurs-ps PT|onthank-ps DHT|mount-carmel-ps T|st-andrews-ps PT|nether-robertland-ps DHT|nether-robertland-ps T|dunlop-ps PT
fenwick-ps T|lainshaw-ps PT|auchinleck-ps T|galston-ps DHT|newmilns-ps PT|darvel-ps T|st-sophias-ps PT|loudoun-ac PT|stewarton-ac PT
kilmarnock-ac DHT|catrine-ps PT|muirkirk-ps T|netherthird-ps PT|kilmaurs-ps T|robert-burns-ac DHT|robert-burns-ac PT|logan-ps T
ochiltree-ps T|sorn-ps PT|new-cumnock-ps PT|drongan-ps T|dalrymple-ps PT|st-patricks-ps PT|st-josephs-ac PT|patna-ps T"""
COACHEES = [entry.split() for entry in COACHEES.replace("\n", "|").split("|")]
NAMES = """Aoife Brennan|Mhairi Cochrane|Keir Dunlop|Sìne NicDhòmhnaill|Wren Fairlie|Beathag Gemmell|Callum Heron|Dilys Probert|Ewan Inglis
Flora Jardine|Gregor Kerr|Hamza Latif|Isla Meikle|Jamie Niven|Peigi Mhoireasdan|Kenna Orr|Lachlann Peden|Maeve Quinn|Niamh Ní Bhriain
Owain Rees|Paula Steel|Quentin Tait|Rory Urquhart|Siobhán Vance|Teàrlach Waugh|Una Young|Vhairi Adair|Wojciech Baran|Xanthe Caldow
Yvonne Drever|Zara Eaglesham|Ailsa Frew|Blair Goudie|Cara Howie|Dougal Imrie|Effie Jamieson|Fraser Kilgour|Gaynor Lennox|Hew Mutch|Ìomhar Nairn
Jess O'Hare|Kirsty Pollok|Lewis Raeburn|Mairead Scobie|Neil Templeton|Orla Usher|Padraig Vallance|Roisin Wyllie|Sandy Yuill|Tess Auchincloss
Ùna Bàn|Vivien Crichton|Will Dewar|Ynyr Elis|Zoe Findlater|Archie Gow|Bethan Hough"""
NAMES = NAMES.replace("\n", "|").split("|")
HEAD_NAMES = """Agnes Thorburn|Bryce Ronald|Coinneach Paterson|Deirdre Ogilvy|Euan Nisbet|Frances Muirhead|Gavin Lorimer|Helen Kirkpatrick
Ishbel Jess|Jock Houston|Kathleen Gilmour|Liam Ó Floinn|Margaret Eadie|Norma Dykes|Osman Chaudhry|Pamela Borland|Rhys Apsley|Sheena Yates|Tom Wardrop
Ursula Vert|Valerie Telfer|Winifred Seaton|Yasmin Rashid|Zander Purdie|Anne Oswald|Bill Napier|Clare Menzies|Davina Laird|Eoin Mac Giolla
Fergus Kean|Grace Jack|Hugh Irving|Ina Hogarth|Jean Greig|Kit Forsyth|Lorna Elder|Mungo Dobie|Nan Cathcart"""
HEAD_NAMES = HEAD_NAMES.replace("\n", "|").split("|")

VALLEY = ["E05", "E06", "E07", "E08", "E09", "E10"]
GAELIC = ["E15", "E16", "E17"]
LATE = ["E04", "E10", "E17", "E55", "E56", "E57"]  # applied after the closing date, so they wait first
STAR = ["E18", "E19", "E20", "E21", "E22", "E23", "E24", "E26", "E28", "E29", "E32", "E40", "E41", "E48"]  # rank C01 first

numbers = 20260824


def pick(values, count):
    """`count` different values, in the order they were drawn."""
    global numbers
    rest, drawn = list(values), []
    for _ in range(count):
        numbers = (numbers * 1103515245 + 12345) % 2**31
        drawn.append(rest.pop((numbers >> 8) % len(rest)))
    return drawn


def chance(one_in):
    return pick(range(one_in), 1) == [0]


def slots(values, count):
    return ";".join(sorted(pick(values, min(count, len(values))), key=SLOTS.index))


def build(schools):
    region = {s["id"]: s["region"] for s in schools}
    people, head, deputes = [], dict(HEADS), dict(DEPUTE_OF)
    people.append(["P01", "Mairi Ballantyne", "hq", "Director of Education", "6", ""])
    people.append(["P02", "Graham Tennant", "hq", "Head of Education", "5", "P01"])
    names = iter(HEAD_NAMES)
    for school in sorted({c[0] for c in COACHEES} | set(DEPUTE_OF)):
        if school not in head and school not in VACANT:
            head[school] = f"P{len(people) + 1:02}"
            people.append([head[school], next(names), school, "HT", "", "P02"])
    for i, (school, role) in enumerate(COACHEES):
        if role == "DHT" and school not in deputes:
            deputes[school] = f"E{i + 1:02}"
    cluster = {"Kilmarnock": "C01", "Stewarton": "C09", "Irvine Valley": "C13", "Cumnock": head["robert-burns-ac"], "Doon Valley": "P02"}

    def manager(person, school, role):
        boss = head.get(school, "vacant")
        return boss if role == "DHT" or deputes.get(school, person) == person else deputes[school]

    coaches = []
    for id_, name, school, role, grade, training, barred, free, languages, places in COACHES:
        depute = role in ("DHT", "Depute Head Teacher")
        boss = "" if not school else manager(id_, school, "DHT") if depute else "P01" if grade else "P02"
        home = "KA71BA" if not school else ""  # written without its space, as people do
        wishes = {"C09": "E36;E18", "C13": "E45", "C14": "E29;E56"}.get(id_, "")
        coaches.append([id_, name, school, role, grade, SECTORS.get(id_, ""), boss, places, home, "no" if id_ == "C14" else "yes",
                        "yes" if id_ in ("C09", "C17", "C18") else "no", "45" if id_ == "C15" else "", languages,
                        slots(free, 4 if len(free) < 5 else 6), ";".join(f"{t}:{1 + pick(range(3), 1)[0]}" for t in pick(TAGS, 5)),
                        wishes, training, barred, "350" if id_ == "C17" else ""])

    coachees = []
    for i, ((school, role), name) in enumerate(zip(COACHEES, NAMES)):
        id_, area = f"E{i + 1:02}", region[school]
        boss = manager(id_, school, role)
        sponsor = cluster[area]  # the head of the secondary school; near Kilmarnock there are several
        if area == "Kilmarnock" and 17 <= i and id_ not in ("E25", "E26", "E27"):
            sponsor = "C02" if school == "kilmarnock-ac" else "C10" if i % 4 == 0 else head[school] if head[school][0] == "P" else "C02"
        special = i < 4
        first = ["C01"] if id_ in STAR else []
        others = [c[0] for c in COACHES if c[2] != school and c[0][0] == "C" and c[0] != "C01"]
        choices = first + (pick(others, 2) if first or chance(3) else [])
        language = ("gd", "required") if id_ in GAELIC else {"E19": ("ga", "preferred"), "E20": ("cy", "preferred"),
                                                             "E28": ("pl", "preferred")}.get(id_, ("", ""))
        early = "early-learning;primary" if id_ in ("E17", "E25", "E33", "E44") else ""
        coachees.append([id_, name, school, {"E21": "Depute Head Teacher", "E26": "Principal Teacher"}.get(id_, role), "", early, boss, sponsor,
                         "no" if id_ in VALLEY else "" if chance(9) else "yes", "no" if id_ in VALLEY or special or not chance(3) else "yes",
                         "45" if chance(8) and not special else "", *language, "wed-pm;fri-am" if special else slots(SLOTS, 5),
                         ";".join(pick(TAGS, 3 if not chance(6) else 2)), ";".join(choices),
                         "9" if id_ in LATE else "1" if id_ in ("E18", "E19") else "", {"E22": "primary-secondary transition"}.get(id_, "")])
    chain = {"B01": "B02", "B02": "B03", "B03": "B01"}  # they sponsor one another's work in a ring
    for c in coaches:
        if c[0] in chain:
            coachees.append([*c[:4], "", "", c[6], chain[c[0]], "yes", "no", "", "", "", c[13], ";".join(pick(TAGS, 3)), "", "", "cluster lead"])
    return coaches, coachees, people


LISTS = {
    "conflicts": ("person other kind from to opaque", [
        ("C11", "E33", "personal", "", "", "no"), ("C12", "E34", "appraiser", "", "", "no"),
        ("C18", "E35", "assessor", "2026-09-01", "2026-12-31", "no"), ("C13", "E36", "recruitment", "2026-05-01", "2026-06-12", "no"),
        ("C17", "E37", "business", "", "", "no"), ("C17", "stewarton-ac", "dispute", "", "", "no"),
        ("C14", "E38", "rival", "", "", "yes"), ("E39", "C16", "other", "", "", "yes")]),
    "history": ("coach coachee programme from to outcome", [
        ("C09", "E45", "Aspiring leaders 2025-26", "2025-08-25", "2026-06-26", "completed"),
        ("C10", "E20", "Aspiring leaders 2025-26", "2025-08-25", "2025-11-28", "ended-early"),
        ("C13", "E18", "Aspiring leaders 2025-26", "2025-08-25", "2026-06-26", "completed"),
        ("C15", "E43", "Middle leaders 2024-25", "2024-08-26", "2025-06-27", "completed"),
        ("P29", "C16", "Into headship", "2026-01-12", "2026-12-18", "live")]),
    "locks": ("kind coach coachee author reason expires", [
        ("pin", "C01", "E26", "G. Tennant", "both asked for it", ""),  # she is the sponsor: a pin that must be refused
        ("pin", "C15", "E40", "G. Tennant", "agreed in June", ""),
        ("ban", "C09", "E41", "G. Tennant", "the coach asked us to", "2027-06-25"),
        ("hold", "C16", "", "G. Tennant", "on leave in spring", "2026-06-30")]),
    "waivers": ("rule coach coachee author reason expires", [
        ("line", "C11", "E31", "G. Tennant", "no say in her appraisal; both agreed", ""),
        ("seniority", "C21", "E47", "G. Tennant", "transition project, peers on purpose", "2027-06-25"),
        ("language", "C09", "E15", "G. Tennant", "until the post was filled", "2026-06-30")]),
    "employment": ("person school role grade manager from to", [
        ("E43", "mauchline-ps", "PT", "", "C15", "2026-10-26", ""), ("C12", "auchinleck-ps", "DHT", "", "", "2027-01-05", ""),
        ("E46", "fenwick-ps", "T", "", "P11", "2026-08-17", ""), ("E44", "onthank-ps", "T", "", "C10", "2021-08-16", "2025-06-27"),
        ("E48", "stewarton-ac", "T", "", "C09", "2019-08-19", "2023-06-30")]),
}
PROGRAMME = """name = "East Ayrshire aspiring leaders"
preset = "aspiring-leaders"
starts = 2026-08-24
ends = 2027-06-25
objective = ["coverage", "stability", "floor", "score", "balance"]
"""
COACH_COLUMNS = ("id name school role grade sectors manager max postcode drives online max_minutes languages slots strengths preferences "
                 "training barred cost")
COACHEE_COLUMNS = ("id name school role grade sectors manager sponsor drives online max_minutes language language_level slots needs "
                   "preferences priority project")


def write(folder, name, columns, rows):
    with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows([columns.split(), *rows])


def main():
    source = HERE / "comfortable" / "schools.csv"
    with open(source, encoding="utf-8") as file:
        coaches, coachees, people = build(list(csv.DictReader(file)))
    for at, variant in enumerate(VARIANTS):
        folder = HERE / variant
        if folder / "schools.csv" != source:
            shutil.copyfile(source, folder / "schools.csv")
        (folder / "programme.toml").write_text(PROGRAMME, encoding="utf-8")
        write(folder, "coaches", COACH_COLUMNS, [[*c[:7], c[7][at], *c[8:]] for c in coaches])
        write(folder, "coachees", COACHEE_COLUMNS, coachees)
        write(folder, "people", "id name school role grade manager", people)
        for name, (columns, rows) in LISTS.items():
            write(folder, name, columns, rows)


if __name__ == "__main__":
    main()
