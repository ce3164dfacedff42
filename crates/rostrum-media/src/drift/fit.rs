//! The line under the earliest arrivals.

/// Points this much further off than most are left out of the second fit.
const OUTLYING: f64 = 3.0;
/// Points nearer than this, in µs, are never left out.
const NEAR_US: f64 = 4000.0;

/// How late packets are as our time goes on: `offset_us` at `from_us`, `slope` more each µs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    from_us: f64,
    offset_us: f64,
    pub(super) slope: f64,
}

impl Line {
    /// µs between RTP time and our time, at our time `at_us`.
    pub(super) fn late_us(&self, at_us: f64) -> f64 {
        self.offset_us + self.slope * (at_us - self.from_us)
    }

    /// Our time for an RTP time in µs.
    pub(super) fn at_us(&self, time_us: f64) -> f64 {
        self.from_us + (time_us + self.offset_us - self.from_us) / (1.0 - self.slope)
    }
}

/// A level line at the earliest of all points (our time, lateness, weight).
pub(super) fn level(points: impl Iterator<Item = (f64, f64, f64)>) -> Option<Line> {
    let (from_us, offset_us, _) = points.min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Line { from_us, offset_us, slope: 0.0 })
}

/// The weighted least squares of all points, then of those near it.
pub(super) fn sloped(points: impl Iterator<Item = (f64, f64, f64)> + Clone, slope_max: f64) -> Option<Line> {
    let line = squares(points.clone(), slope_max)?;
    let mut apart: Vec<f64> = points.clone().map(|(at, late, _)| (late - line.late_us(at)).abs()).collect();
    apart.sort_by(f64::total_cmp);
    let most = (apart[apart.len() / 2] * OUTLYING).max(NEAR_US);
    squares(points.filter(|(at, late, _)| (late - line.late_us(*at)).abs() <= most), slope_max).or(Some(line))
}

fn squares(points: impl Iterator<Item = (f64, f64, f64)> + Clone, slope_max: f64) -> Option<Line> {
    // Sums are taken about the first point: the numbers themselves are too large to be squared.
    let (at_0, late_0, _) = points.clone().next()?;
    let (mut w, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (at, late, weight) in points {
        let (at, late) = (at - at_0, late - late_0);
        w += weight;
        x += weight * at;
        y += weight * late;
        xx += weight * at * at;
        xy += weight * at * late;
    }
    let spread = xx - x * x / w;
    let slope = if spread > 0.0 { ((xy - x * y / w) / spread).clamp(-slope_max, slope_max) } else { 0.0 };
    (w > 0.0).then(|| Line { from_us: at_0 + x / w, offset_us: late_0 + y / w, slope })
}
