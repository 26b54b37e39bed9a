//! Places on the globe in integers, so that a distance is the same on every machine.

/// Mean radius of the Earth in centimetres (IUGG R1, 6,371.0088 km).
const RADIUS_CM: i64 = 637_100_880;

/// A point on the sphere of radius [`RADIUS_CM`], as centimetres from its centre.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    x: i64,
    y: i64,
    z: i64,
}

impl Place {
    /// From geographic degrees (WGS 84). The one conversion from floating point: it belongs to the reading of
    /// input, is rounded to a centimetre, and is therefore insensitive to the last bits of `sin` and `cos`.
    /// `None` unless −90 ≤ lat ≤ 90 and −180 ≤ lon ≤ 180.
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Self> {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return None;
        }
        let (phi, lambda) = (lat.to_radians(), lon.to_radians());
        #[expect(clippy::cast_precision_loss, reason = "the radius is below 2^53")]
        let r = RADIUS_CM as f64;
        #[expect(clippy::cast_possible_truncation, reason = "at most the radius, far inside i64")]
        let cm = |v: f64| (v * r).round() as i64;
        Some(Self { x: cm(phi.cos() * lambda.cos()), y: cm(phi.cos() * lambda.sin()), z: cm(phi.sin()) })
    }

    /// Great-circle distance in metres, rounded down, error below 2 m up to 3,000 km.
    ///
    /// The chord is exact; the arc is chord × (1 + q/24 + 3q²/640 + 5q³/7168) with q = (chord/R)², the series of
    /// 2 asin(chord/2R).
    pub fn metres_to(self, other: Self) -> u64 {
        let square = |a: i64, b: i64| (a - b).unsigned_abs().pow(2);
        // Each difference is below 1.3e9, so the sum of squares is below 5.1e18 < 2^63.
        let chord2 = square(self.x, other.x) + square(self.y, other.y) + square(self.z, other.z);
        let chord = u128::from(chord2.isqrt());
        let one: u128 = 1 << 40;
        let radius2 = u128::from(RADIUS_CM.unsigned_abs()).pow(2);
        let q = u128::from(chord2) * one / radius2;
        let q2 = q * q / one;
        let q3 = q2 * q / one;
        let factor = one + q / 24 + 3 * q2 / 640 + 5 * q3 / 7168;
        u64::try_from(chord * factor / one / 100).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn known_distances() {
        let place = |lat, lon| Place::from_degrees(lat, lon).expect("a place");
        // Kilmarnock to Cumnock, and London to Edinburgh, by the haversine formula with the same radius.
        let pairs = [((55.6117, -4.4957), (55.4520, -4.2650)), ((51.5074, -0.1278), (55.9533, -3.1883))];
        for ((a, b), (c, d)) in pairs {
            let (p1, p2) = (f64::to_radians(a), f64::to_radians(c));
            let (dp, dl) = (p2 - p1, f64::to_radians(d - b));
            let h = (dp / 2.0).sin().powi(2) + p1.cos() * p2.cos() * (dl / 2.0).sin().powi(2);
            let metres = 2.0 * 6_371_008.8 * h.sqrt().asin();
            let ours = place(a, b).metres_to(place(c, d));
            #[expect(clippy::cast_precision_loss, reason = "a distance on Earth")]
            let gap = (ours as f64 - metres).abs();
            assert!(gap < 2.0, "{ours} against {metres}");
        }
        assert_eq!(place(55.0, -4.0).metres_to(place(55.0, -4.0)), 0);
        assert!(Place::from_degrees(91.0, 0.0).is_none() && Place::from_degrees(f64::NAN, 0.0).is_none());
    }
}
