//! Second-order filters, the bricks of the meters and of the voice.

/// One second-order section, transposed direct form II.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    pub(crate) b: [f64; 3],
    pub(crate) a: [f64; 2],
    pub(crate) z: [f64; 2],
}

impl Section {
    /// A Butterworth high-pass (RBJ's cookbook, Q = 1/√2).
    pub(crate) fn high_pass(cutoff_hz: f64, rate_hz: f64) -> Self {
        let (sin, cos) = (std::f64::consts::TAU * cutoff_hz / rate_hz).sin_cos();
        let alpha = sin * std::f64::consts::FRAC_1_SQRT_2;
        let edge = (1.0 + cos) / 2.0 / (1.0 + alpha);
        let a = [-2.0 * cos / (1.0 + alpha), (1.0 - alpha) / (1.0 + alpha)];
        Self { b: [edge, -2.0 * edge, edge], a, z: [0.0; 2] }
    }

    #[inline]
    pub(crate) fn run(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}
