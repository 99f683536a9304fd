//! Misses and false alarms for people to look at, each with the nearest that was there instead.

use serde::Serialize;

use super::names;
use crate::annotation::Offsets;

/// An item as its reader sees it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Item {
    /// Its type and whatever else makes it right or wrong.
    pub label: String,
    /// Its name or words.
    pub text: String,
    /// Where it stands, in code points, end exclusive.
    pub spans: Vec<Offsets>,
    /// Probability, of predictions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// One miss or false alarm.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The article.
    pub id: String,
    /// mentions, people, officials, islands, claims, positions or relations.
    pub layer: &'static str,
    /// `missed` or `false alarm`.
    pub error: &'static str,
    /// What is wrong, by the nearest candidate: `type`, `boundary`, `type and boundary`, `near` or `nothing near`.
    pub kind: &'static str,
    /// What was missed or falsely found.
    #[serde(flatten)]
    pub item: Item,
    /// Its sentence.
    pub sentence: Option<String>,
    /// The nearest on the other side.
    pub nearest: Option<Item>,
}

/// How near two items are: whether they overlap, and how many characters and words they share.
fn nearness(a: &Item, b: &Item) -> (bool, usize) {
    let shared = |x: &Offsets, y: &Offsets| x[1].min(y[1]).saturating_sub(x[0].max(y[0])) as usize;
    let characters: usize = a.spans.iter().map(|x| b.spans.iter().map(|y| shared(x, y)).sum::<usize>()).sum();
    let words = |i: &Item| -> Vec<String> { names::norm(&i.text).split(' ').filter(|w| w.len() > 2).map(str::to_string).collect() };
    let (wa, wb) = (words(a), words(b));
    let same = wa.iter().filter(|w| wb.contains(w)).count();
    (characters > 0, 2 * characters + 3 * same)
}

/// All errors of a layer: `pairs` are (gold, predicted) that count as right.
///
/// `sentence` gives the sentence at an offset.
pub(super) fn findings(
    id: &str,
    layer: &'static str,
    gold: &[Item],
    predicted: &[Item],
    pairs: &[(usize, usize)],
    sentence: &dyn Fn(u32) -> Option<String>,
) -> Vec<Finding> {
    let mut out = Vec::new();
    let (mut g_used, mut p_used) = (vec![false; gold.len()], vec![false; predicted.len()]);
    for &(g, p) in pairs {
        g_used[g] = true;
        p_used[p] = true;
    }
    let mut side = |error: &'static str, mine: &[Item], used: &[bool], others: &[Item], other_used: &[bool]| {
        for (item, _) in mine.iter().zip(used).filter(|(_, u)| !**u) {
            // One that is itself without a partner explains an error better than one that is right.
            let best = others
                .iter()
                .zip(other_used)
                .map(|(o, u)| (nearness(item, o), !*u, o))
                .filter(|x| x.0.1 > 0)
                .max_by_key(|x| (x.0.0, x.1, x.0.1));
            let kind = match best {
                None => "nothing near",
                Some(((overlap, _), ..)) if layer != "mentions" || !overlap => "near",
                Some((_, _, n)) => match (n.spans == item.spans, n.label == item.label) {
                    (true, _) => "type",
                    (false, true) => "boundary",
                    (false, false) => "type and boundary",
                },
            };
            out.push(Finding {
                id: id.to_string(),
                layer,
                error,
                kind,
                item: item.clone(),
                sentence: item.spans.first().and_then(|s| sentence(s[0])),
                nearest: best.map(|x| x.2.clone()),
            });
        }
    };
    side("missed", gold, &g_used, predicted, &p_used);
    side("false alarm", predicted, &p_used, gold, &g_used);
    out.sort_by_key(|f| f.item.spans.first().copied());
    out
}
