"""What the generators of realistic programmes share: numbers that are the same on every machine, made-up names, CSV files.

Every make.py below this folder decides everything else by its own tables. All people are made up."""
import csv

SLOTS = [f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm")]
TAGS = ("leading-change curriculum data-for-improvement difficult-conversations inclusion parental-engagement staff-wellbeing "
        "behaviour assessment literacy numeracy governance finance recruitment attendance delegation").split()
FIRST = """Abigail Adeel Agnes Aidan Amara Amelia Andrew Anjali Annika Arthur Beatriz Benedict Bethany Bronwen Callum Caroline Chidi Clara Connor Daniel
Deborah Diyar Dominic Eleanor Elif Emeka Erin Farah Finlay Frances Gareth Georgia Gita Grace Hamish Hannah Helena Hugh Ibrahim Imogen Ingrid Isaac
Jasmine Joanna Kamal Katrin Kieran Laila Leon Lowri Magnus Marta Mehmet Moira Naomi Niall Oluwaseun Owen Priya""".split()
LAST = """Abara Addison Akhtar Anand Archer Ashworth Baird Banerjee Barlow Bevan Birch Blackwood Boateng Brady Brannigan Calder Chakraborty Chaudhry
Clegg Coates Collier Connolly Crosby Dalton Darwish Devlin Dhillon Dobson Drummond Dutton Eastwood Ekwueme Elliott Fairbairn Farrar Fenton
Finch Fraser Gallagher Garside Ghosh Gilchrist Goodwin Gough Hadley Hamdan Hartley Haworth Hepburn Hollis Hughes Iqbal Jagger Jamieson
Kaminski Kaur Keane Kirkby Lang Lawal Lockwood Lomas Maddox Mahoney Marsden McBride Mensah Metcalfe Moffat Nowak Oakley Ogden Osei
Pickering Qureshi Radcliffe Rahman Ridley Sandhu Schofield Sharma Shaw Tanner""".split()
assert len(FIRST) == 59 and len(LAST) == 83  # coprime, so no two people share a name


class Crowd:
    """Draws numbers and names in a fixed order."""

    def __init__(self, seed, people=0):
        self.number, self.named = seed, people

    def below(self, n):
        self.number = (self.number * 1103515245 + 12345) % 2**31
        return (self.number >> 8) % n

    def pick(self, values, count):
        """`count` different values, in the order they were drawn."""
        rest = list(values)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]

    def one(self, values):
        return list(values)[self.below(len(values))]

    def name(self):
        self.named += 1
        return f"{FIRST[self.named * 23 % 59]} {LAST[self.named * 37 % 83]}"

    def slots(self, count):
        return ";".join(sorted(self.pick(SLOTS, count), key=SLOTS.index))

    def strengths(self, count, tags=TAGS):
        return ";".join(f"{tag}:{1 + self.below(3)}" for tag in self.pick(tags, count))

    def needs(self, count=3, tags=TAGS):
        return ";".join(self.pick(tags, count))


def write(folder, name, columns, rows):
    """`columns` and rows of dictionaries; what a row does not say is blank."""
    columns = columns.split()
    with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as out:
        file = csv.writer(out, lineterminator="\n")
        file.writerow(columns)
        for row in rows:
            assert set(row) <= set(columns), set(row) - set(columns)
            file.writerow([row.get(column, "") for column in columns])


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))
