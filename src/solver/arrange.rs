//! An order of bins in which neighbours cost most units about the same.
//!
//! Method: the bins are halved again and again by what they cost one unit, that of a few sampled units to which the bins at
//! hand differ most (a k-d tree, Bentley 1975, with units for axes), until a half fits a block. Any order is right; a good one
//! lets [`super::dense`] pass over blocks. Complexity: samples × bins × log bins.

use super::cost::ArcCost;
use super::dense::BLOCK;
use super::network::Network;

/// Units that are asked what a bin costs. Measured: from 16 on more make little difference.
const SAMPLES: usize = 16;

/// The bins in order.
pub fn arrange<A: ArcCost>(net: &Network<A>) -> Vec<u32> {
    let bins = net.bins.len();
    let samples: Vec<Vec<A>> = (0..SAMPLES)
        .map(|nth| {
            let unit = nth * net.units() / SAMPLES;
            // A pair that is not eligible costs more than any that is.
            let mut row = vec![A::narrow(A::LARGEST); bins];
            for arc in &net.arcs[net.starts[unit]..net.starts[unit + 1]] {
                row[arc.bin as usize] = arc.cost;
            }
            row
        })
        .collect();
    let mut order: Vec<u32> = (0..u32::try_from(bins).expect("bins are counted in u32")).collect();
    halve(&mut order, &samples);
    order
}

fn halve<A: ArcCost>(bins: &mut [u32], samples: &[Vec<A>]) {
    if bins.len() <= BLOCK {
        return;
    }
    let spread = |row: &Vec<A>| {
        let costs = || bins.iter().map(|bin| row[*bin as usize].wide());
        costs().max().zip(costs().min()).map(|(most, least)| most - least)
    };
    let Some(axis) = samples.iter().max_by_key(|row| spread(row)) else { return };
    let middle = (bins.len() / 2).next_multiple_of(BLOCK);
    bins.select_nth_unstable_by_key(middle, |bin| axis[*bin as usize].key(*bin));
    let (low, high) = bins.split_at_mut(middle);
    halve(low, samples);
    halve(high, samples);
}
