//! A readable summary of a run: who holds which office, which islands are claimed by whom, who said what.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::annotation::Record;

#[derive(Default)]
pub(super) struct Digest {
    articles: usize,
    /// (office, country) by person, with how often.
    officials: BTreeMap<(String, String), BTreeMap<String, usize>>,
    /// Claims by island.
    claims: BTreeMap<String, BTreeMap<String, usize>>,
    /// Positions of the surest kind: score, line.
    positions: Vec<(f64, String)>,
    counts: [usize; 5],
}

fn clipped(text: &str, n: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= n { one_line } else { one_line.chars().take(n).collect::<String>() + "…" }
}

impl Digest {
    pub(super) fn add(&mut self, r: &Record) {
        self.articles += 1;
        for (c, n) in self.counts.iter_mut().zip([r.people.len(), r.officials.len(), r.islands.len(), r.claims.len(), r.positions.len()]) {
            *c += n;
        }
        for o in &r.officials {
            let status = if o.status == "current" { String::new() } else { format!("{} ", o.status) };
            let country = o.country.clone().or_else(|| o.body.clone()).unwrap_or_else(|| "–".into());
            *self.officials.entry((country, format!("{status}{}", o.office))).or_default().entry(o.name.clone()).or_default() += 1;
        }
        for c in &r.claims {
            let island = r.islands.iter().find(|i| i.entity == c.island).map_or_else(|| c.island.clone(), |i| i.name.clone());
            *self.claims.entry(island).or_default().entry(format!("{} {}", c.claimant, c.relation)).or_default() += 1;
        }
        for p in r.positions.iter().filter(|p| p.holder.kind == "official" && (!p.targets.is_empty() || p.act != "state")) {
            if let Some(name) = &p.holder.name {
                let country = p.holder.country.as_ref().map_or(String::new(), |c| format!(" ({c})"));
                let not = if p.negated { "not " } else { "" };
                self.positions.push((p.score, format!("{name}{country} {not}{} [{}]: {}", p.act, p.quote, clipped(&p.content.text, 90))));
            }
        }
    }

    pub(super) fn render(mut self) -> String {
        let mut out = String::new();
        let [people, officials, islands, claims, positions] = self.counts;
        let _ = writeln!(
            out,
            "\n{} articles: {people} people, {officials} officials, {islands} islands, {claims} claims, {positions} positions",
            self.articles
        );
        let _ = writeln!(out, "\nWho holds which office");
        for ((country, office), people) in self.officials.iter().take(24) {
            let names: Vec<&str> = people.keys().map(String::as_str).collect();
            let _ = writeln!(out, "  {country:<4} {office:<34} {}", clipped(&names.join(", "), 60));
        }
        if self.officials.len() > 24 {
            let _ = writeln!(out, "  … and {} more", self.officials.len() - 24);
        }
        let _ = writeln!(out, "\nWhich islands are claimed by whom, by the articles' words");
        for (island, claims) in self.claims.iter().take(24) {
            let list: Vec<&str> = claims.keys().map(String::as_str).collect();
            let _ = writeln!(out, "  {:<28} {}", clipped(island, 27), clipped(&list.join(", "), 70));
        }
        let _ = writeln!(out, "\nWho said what (the surest dozen that are more than a plain statement)");
        self.positions.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        for (score, line) in self.positions.iter().take(12) {
            let _ = writeln!(out, "  {score:.2} {line}");
        }
        out
    }
}
