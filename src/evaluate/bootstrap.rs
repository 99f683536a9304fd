//! Intervals by resampling articles, seeded; memory does not grow with the number of rounds.

use std::collections::BTreeMap;

use super::figures::Figures;

/// Bins of a histogram over 1: an interval's ends are exact to half a hundredth of a percentage point.
const BINS: usize = 10_000;

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same on every machine.
pub struct Random(u64);

impl Random {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` - 1.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }
}

/// Counts of values from -1 to 1.
struct Histogram {
    bins: Vec<u32>,
    n: u32,
}

impl Histogram {
    fn new() -> Self {
        Histogram { bins: vec![0; 2 * BINS + 1], n: 0 }
    }

    fn add(&mut self, x: f64) {
        let at = ((x.clamp(-1.0, 1.0) + 1.0) * BINS as f64).round() as usize;
        self.bins[at] += 1;
        self.n += 1;
    }

    /// The value under which a part `q` of all values lies.
    fn quantile(&self, q: f64) -> f64 {
        let want = (q * f64::from(self.n)).floor() as u32;
        let mut seen = 0;
        for (i, n) in self.bins.iter().enumerate() {
            seen += n;
            if seen > want {
                return i as f64 / BINS as f64 - 1.0;
            }
        }
        1.0
    }

    fn interval(&self) -> [f64; 2] {
        [self.quantile(0.025), self.quantile(0.975)]
    }
}

/// What a paired bootstrap says of one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// 95 % interval of the second system's value less the first's.
    pub interval: [f64; 2],
    /// How likely so great a difference, either way, would be if there were none.
    pub p_value: f64,
}

/// What resampling gives, by figure.
#[derive(Debug, Default)]
pub struct Resampled {
    /// 95 % interval of each system's figures.
    pub intervals: Vec<BTreeMap<String, [f64; 2]>>,
    /// Differences, where there are two systems.
    pub differences: BTreeMap<String, Paired>,
}

/// Draws as many articles as there are, with replacement, `rounds` times; all systems and figures see the same draws.
pub fn resample(systems: &[&Figures], articles: usize, rounds: usize, seed: u64) -> Resampled {
    if rounds == 0 || articles == 0 {
        return Resampled { intervals: systems.iter().map(|_| BTreeMap::new()).collect(), ..Resampled::default() };
    }
    let mut random = Random::new(seed);
    let mut weights = vec![0u32; articles];
    let mut all: Vec<Vec<Histogram>> = systems.iter().map(|s| s.by_name.iter().map(|_| Histogram::new()).collect()).collect();
    let shared: Vec<&String> = match systems {
        [a, b] => a.by_name.keys().filter(|k| b.by_name.contains_key(*k)).collect(),
        _ => Vec::new(),
    };
    let place = |s: &Figures, name: &String| s.by_name.keys().position(|k| k == name).unwrap_or(0);
    let places: Vec<(usize, usize)> = shared.iter().map(|n| (place(systems[0], n), place(systems[1], n))).collect();
    let observed: Vec<f64> = shared.iter().map(|n| systems[1].by_name[*n].value().main - systems[0].by_name[*n].value().main).collect();
    let mut difference: Vec<(Histogram, u32)> = shared.iter().map(|_| (Histogram::new(), 0)).collect();
    for _ in 0..rounds {
        weights.fill(0);
        for _ in 0..articles {
            weights[random.below(articles)] += 1;
        }
        let mut values: Vec<Vec<f64>> = Vec::with_capacity(systems.len());
        for (s, histograms) in systems.iter().zip(&mut all) {
            let of_system: Vec<f64> = s
                .by_name
                .values()
                .map(|f| f.stat.value(&f.sums(|a| f64::from(weights.get(a as usize).copied().unwrap_or(0)))).main)
                .collect();
            histograms.iter_mut().zip(&of_system).for_each(|(h, &v)| h.add(v));
            values.push(of_system);
        }
        for ((&(a, b), d), (h, extreme)) in places.iter().zip(&observed).zip(&mut difference) {
            let x = values[1][b] - values[0][a];
            h.add(x);
            if (x - d).abs() >= d.abs() - 1e-12 {
                *extreme += 1;
            }
        }
    }
    Resampled {
        intervals: systems
            .iter()
            .zip(&all)
            .map(|(s, h)| s.by_name.keys().cloned().zip(h.iter().map(Histogram::interval)).collect())
            .collect(),
        differences: shared
            .into_iter()
            .cloned()
            .zip(
                difference
                    .iter()
                    .map(|(h, extreme)| Paired { interval: h.interval(), p_value: f64::from(extreme + 1) / (rounds as f64 + 1.0) }),
            )
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::figures::Row;

    fn system(right: impl Fn(u32) -> bool) -> Figures {
        let mut f = Figures::default();
        for a in 0..200 {
            f.add(a, vec![Row::prf("x", f64::from(u8::from(right(a))), 1, 1)]);
        }
        f
    }

    #[test]
    fn the_interval_is_that_of_a_proportion() {
        let s = system(|a| a % 5 != 0);
        let r = resample(&[&s], 200, 4000, 7);
        let [low, high] = r.intervals[0]["x"];
        // 0.8 ± 1.96 √(0.8 · 0.2 / 200) = 0.745 to 0.855.
        assert!((low - 0.745).abs() < 0.011 && (high - 0.855).abs() < 0.011, "{low} {high}");
        assert_eq!(r.intervals[0], resample(&[&s], 200, 4000, 7).intervals[0], "seeded");
    }

    #[test]
    fn paired_differences() {
        let (a, b) = (system(|a| a % 5 != 0), system(|a| a % 10 != 0));
        let same = resample(&[&a, &a], 200, 500, 1).differences["x"];
        assert_eq!((same.interval, same.p_value), ([0.0, 0.0], 1.0));
        let better = resample(&[&a, &b], 200, 2000, 1).differences["x"];
        assert!(better.interval[0] > 0.05 && better.interval[1] < 0.15 && better.p_value < 0.001, "{better:?}");
    }
}
