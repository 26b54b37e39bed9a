//! Reads a `.dyi` file: everybody wants one coach, coverage first, then the score.

use dyad::model::catalogue::Tier;
use dyad::model::index::{CoachIx, IxVec};
use dyad::model::instance::{Demand, Instance, Parts, Seats};
use dyad::model::quantity::Points;
use std::io::{BufReader, Read};

pub fn load(path: &str) -> anyhow::Result<Instance> {
    let mut file = BufReader::with_capacity(1 << 20, std::fs::File::open(path)?);
    let mut magic = [0; 4];
    file.read_exact(&mut magic)?;
    anyhow::ensure!(&magic == b"DYI1", "not a .dyi file");
    let coaches = read_u32(&mut file)? as usize;
    let coachees = read_u32(&mut file)? as usize;
    let pairs = usize::try_from(read_u64(&mut file)?)?;
    let min = (0..coaches).map(|_| read_u32(&mut file)).collect::<anyhow::Result<Vec<_>>>()?;
    let max = (0..coaches).map(|_| read_u32(&mut file)).collect::<anyhow::Result<Vec<_>>>()?;
    let starts = (0..=coachees)
        .map(|_| Ok(usize::try_from(read_u64(&mut file)?)?))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut coach = Vec::with_capacity(pairs);
    for _ in 0..pairs {
        coach.push(CoachIx::new(read_u32(&mut file)?));
    }
    let mut score = Vec::with_capacity(pairs);
    for _ in 0..pairs {
        score.push(Points(-Points::ONE.0 * i64::from_le_bytes(read_u64(&mut file)?.to_le_bytes())));
    }
    let seats: IxVec<CoachIx, Seats> =
        min.into_iter().zip(max).map(|(min, max)| Seats { min, max }).collect();
    let tiers = if seats.iter().any(|s| s.min > 0) {
        vec![Tier::Coverage, Tier::Minimums, Tier::Score]
    } else {
        vec![Tier::Coverage, Tier::Score]
    };
    let demand = (0..coachees).map(|_| Demand { wanted: 1, class: 1 }).collect();
    Instance::try_new(Parts {
        seats,
        demand,
        starts,
        coach: coach.into(),
        score: score.into(),
        tiers,
        ..Parts::default()
    })
    .map_err(|misfits| anyhow::anyhow!("{misfits:?}"))
}

fn read_u32(from: &mut impl Read) -> anyhow::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn read_u64(from: &mut impl Read) -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
