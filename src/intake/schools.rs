//! `schools.csv`, or the schools that cells found where there is none.

use crate::model::index::{Ix, IxVec, SchoolIx, WordIx};
use crate::model::people::{Address, School};

use crate::model::fault::Code;

use super::address::address;
use super::cells;
use super::directory::Directory;
use super::faults::Faults;
use super::list_cells;
use super::people::Desk;
use super::raw::Raw;
use super::tables::{Field, SchoolRow, TableKind};

/// Reads every school, in order of the id.
pub fn read(raw: &Raw<'_>, desk: &mut Desk<'_, '_>) -> IxVec<SchoolIx, School> {
    let Some(table) = raw.table(TableKind::Schools) else {
        return desk.directory.schools.iter().map(|id| founded(id)).collect();
    };
    let mut rows: Vec<Option<School>> = vec![None; desk.directory.schools.len()];
    for row in table.rows().map(SchoolRow::read) {
        let Some(at) = desk.directory.school(row.id.text).map(Ix::to_usize) else { continue };
        let school = school(&row, desk);
        // The second row of one id is a fault already.
        rows[at].get_or_insert(school);
    }
    rows.into_iter().flatten().collect()
}

fn founded(id: &str) -> School {
    School {
        id: id.into(),
        name: id.into(),
        sector: None,
        address: Address::default(),
        region: None,
        links: Vec::new(),
        places: None,
    }
}

fn school(row: &SchoolRow<'_>, desk: &mut Desk<'_, '_>) -> School {
    let SchoolRow { id, name, sector, postcode, lat, lon, region, links, places } = *row;
    cells::needed(&name, desk.faults);
    School {
        id: id.text.into(),
        name: cells::text(&name, desk.faults).unwrap_or_default(),
        sector: list_cells::sector(&sector, desk.faults),
        address: address(&postcode, &lat, &lon, desk.faults),
        region: cells::text(&region, desk.faults).map(|word| desk.words.add(&word)),
        links: links_of(&links, id.text, desk.directory, desk.faults),
        places: cells::count(&places, cells::MOST, desk.faults),
    }
}

/// `kind:school` values, sorted, without repeats.
fn links_of(
    field: &Field<'_>,
    own: &str,
    directory: &Directory<'_>,
    faults: &mut Faults<'_>,
) -> Vec<(Box<str>, SchoolIx)> {
    let mut links = Vec::new();
    for one in cells::list(field, None, faults) {
        let Some((kind, other)) = one.text.split_once(':').filter(|(kind, _)| !kind.trim().is_empty()) else {
            let remedy = "write kind:school, such as campus:grange-ac";
            faults.at(&one, Code::UnknownWord, "the link is not kind:school", remedy);
            continue;
        };
        let other = Field { text: other.trim(), ..one };
        if other.text == own {
            faults.at(
                &one,
                Code::SelfReference,
                "a school cannot be linked to itself",
                "name another school",
            );
        } else if !cells::needed(&other, faults) {
        } else if let Some(school) = directory.find_school(&other, faults)
            && let Some(kind) = cells::text(&Field { text: kind.trim(), ..one }, faults)
        {
            links.push((kind, school));
        }
    }
    links.sort();
    links.dedup();
    links
}

/// Puts final words in place of the provisional ones.
pub fn settle(schools: &mut IxVec<SchoolIx, School>, moved: &[WordIx]) {
    for school in schools.iter_mut() {
        if let Some(region) = &mut school.region {
            *region = moved[region.to_usize()];
        }
    }
}
