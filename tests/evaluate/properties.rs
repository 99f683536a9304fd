//! What must hold of any scorer: perfect on itself, the same in any order, symmetric, never over 1, better when mended.

use demarche::evaluate::{
    Claim, EntityRef, Island, Labelled, Labels, Mention, Official, Options, Person, Position, Relation, Report, evaluate,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const TEXT: &str = "The minister Ana Lee said that Rockall and the Farne Islands belong to nobody, but Bo Lee denied it. She had seen \
                    the maps, he told them; the claim of 1955 was never renounced, and London would not talk of it again.";

fn span() -> impl Strategy<Value = [u32; 2]> {
    (0u32..190, 1u32..20).prop_map(|(s, n)| [s, (s + n).min(200)])
}

fn score() -> impl Strategy<Value = Option<f64>> {
    (0u32..=100).prop_map(|n| Some(f64::from(n) / 100.0))
}

fn word(list: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(list).prop_map(str::to_string)
}

const NAMES: &[&str] = &["Ana Lee", "Lee", "Bo Lee", "Mr. Lee", "Carl Ólafur", "Olafur", "Dee"];
const ISLANDS: &[&str] = &["Rockall", "the Farne Islands", "Farne", "Iturup", "Tunbs"];
const COUNTRIES: &[&str] = &["GB", "IE", "JP"];

fn mention() -> impl Strategy<Value = Mention> {
    (span(), word(&["PER", "LOC", "ORG"]), score()).prop_map(|(span, kind, score)| Mention { span, kind, own_kind: None, score })
}

fn official() -> impl Strategy<Value = Official> {
    (word(NAMES), word(&["foreign minister", "minister of foreign affairs", "president", "envoy"]), word(COUNTRIES), score())
        .prop_map(|(name, office, country, score)| Official { name, office, country: Some(country), spans: vec![[0, 4]], score })
}

fn position() -> impl Strategy<Value = Position> {
    let words = (span(), span(), span(), any::<bool>());
    let said = (word(&["direct", "indirect"]), word(&["state", "deny", "claim"]), word(&["neutral", "oppose"]), any::<bool>(), word(NAMES));
    (words, said, score()).prop_map(|((cue, content, holder, held), (quote, act, stance, negated, name), score)| Position {
        holder: if held { vec![holder] } else { Vec::new() },
        holder_name: held.then_some(name),
        holder_kind: Some("person".into()),
        cue: vec![cue],
        content: vec![content],
        attributes: true,
        quote: Some(quote),
        act: Some(act),
        stance: Some(stance),
        negated: Some(negated),
        score,
        ..Position::default()
    })
}

fn relation() -> impl Strategy<Value = Relation> {
    let end = || (span(), word(&["ana lee", "rockall", "london"])).prop_map(|(s, n)| EntityRef { spans: vec![s], names: vec![n] });
    (word(&["serves", "claims"]), end(), end(), score()).prop_map(|(kind, head, tail, score)| Relation { kind, head, tail, score })
}

fn article(id: usize) -> impl Strategy<Value = Labelled> {
    let lists = (
        prop::collection::vec(mention(), 0..8),
        prop::collection::vec(prop::collection::vec(span(), 1..5), 0..5),
        prop::collection::vec(relation(), 0..4),
        prop::collection::vec(word(NAMES), 0..5),
        prop::collection::vec(official(), 0..5),
        prop::collection::vec(word(ISLANDS), 0..4),
        prop::collection::vec((word(ISLANDS), word(COUNTRIES), word(&["claims", "disputes"])), 0..4),
        prop::collection::vec(position(), 0..6),
    );
    lists.prop_map(move |(mentions, clusters, relations, people, officials, islands, claims, positions)| Labelled {
        id: format!("a{id}"),
        text: Some(TEXT.to_string()),
        mentions: Some(mentions),
        clusters: Some(clusters),
        relations: Some(relations),
        people: Some(people.into_iter().map(|name| Person { name, spans: Vec::new() }).collect()),
        officials: Some(officials),
        islands: Some(islands.into_iter().map(|n| Island { names: vec![n], spans: Vec::new() }).collect()),
        claims: Some(
            claims
                .into_iter()
                .map(|(island, claimant, relation)| Claim { island: vec![island], claimant, relation, spans: Vec::new(), score: None })
                .collect(),
        ),
        positions: Some(positions),
        ..Labelled::default()
    })
}

fn articles() -> impl Strategy<Value = Vec<Labelled>> {
    (article(0), article(1), article(2)).prop_map(|(a, b, c)| vec![a, b, c])
}

fn scored(gold: &[Labelled], predicted: &[Labelled]) -> Report {
    let options = Options { rounds: 20, ..Options::default() };
    evaluate(Labels::new("gold", gold.to_vec()), vec![Labels::new("predicted", predicted.to_vec())], &options).unwrap()
}

/// All lists in another order.
fn turned(mut all: Vec<Labelled>, by: &[Index]) -> Vec<Labelled> {
    fn turn<T>(list: &mut Option<Vec<T>>, by: &Index) {
        if let Some(l) = list.as_mut().filter(|l| !l.is_empty()) {
            let n = by.index(l.len());
            l.rotate_left(n);
            l.reverse();
        }
    }
    for (a, by) in all.iter_mut().zip(by) {
        turn(&mut a.mentions, by);
        turn(&mut a.clusters, by);
        turn(&mut a.relations, by);
        turn(&mut a.people, by);
        turn(&mut a.officials, by);
        turn(&mut a.islands, by);
        turn(&mut a.claims, by);
        turn(&mut a.positions, by);
        a.clusters.iter_mut().flatten().for_each(|c| c.reverse());
    }
    all.reverse();
    all
}

fn main_of(r: &Report, name: &str) -> f64 {
    r.systems[0].figure(name).map_or(0.0, |f| f.main())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60), ..ProptestConfig::default() })]

    #[test]
    fn perfect_on_itself(gold in articles()) {
        let r = scored(&gold, &gold);
        for (name, f) in &r.systems[0].figures {
            // Nothing to find is no perfect score, and clusters of one have no links for MUC.
            let empty = f.tp == Some(0.0) && f.fp == Some(0.0) && f.missed == Some(0.0) || f.n == Some(0.0);
            if empty || name.starts_with("coref") {
                continue;
            }
            prop_assert_eq!(f.fp.unwrap_or(0.0) + f.missed.unwrap_or(0.0), 0.0, "{}", name);
            // Which of two positions with the same words is matched may be settled by words alone.
            if f.n.is_none() || name.ends_with("jaccard") {
                prop_assert_eq!(f.main(), 100.0, "{}", name);
            }
        }
        let b3 = r.systems[0].figure("coref.b_cubed").unwrap();
        if gold.iter().flat_map(|a| a.clusters.iter().flatten()).next().is_some() {
            prop_assert_eq!(b3.f1, Some(100.0));
            prop_assert_eq!(main_of(&r, "coref.ceaf_e"), 100.0);
        }
    }

    #[test]
    fn never_over_one_and_never_without_a_partner(gold in articles(), predicted in articles()) {
        let r = scored(&gold, &predicted);
        for (name, f) in &r.systems[0].figures {
            for x in [f.p, f.r, f.f1, f.value].into_iter().flatten().chain(f.ci95.into_iter().flatten()) {
                prop_assert!((0.0..=100.0001).contains(&x), "{} {}", name, x);
            }
            for x in [f.tp, f.fp, f.missed].into_iter().flatten() {
                prop_assert!(x >= 0.0, "{} {}", name, x);
            }
        }
    }

    #[test]
    fn any_order_gives_the_same_report(gold in articles(), predicted in articles(), by in prop::collection::vec(any::<Index>(), 3)) {
        let a = scored(&gold, &predicted);
        let b = scored(&gold, &turned(predicted.clone(), &by));
        prop_assert_eq!(serde_json::to_string(&a.systems).unwrap(), serde_json::to_string(&b.systems).unwrap());
        let mut c = turned(gold.clone(), &by);
        c.reverse();
        let c = scored(&c, &predicted);
        prop_assert_eq!(serde_json::to_string(&a.systems).unwrap(), serde_json::to_string(&c.systems).unwrap());
    }

    #[test]
    fn gold_and_predictions_trade_precision_for_recall(gold in articles(), predicted in articles()) {
        let (a, b) = (scored(&gold, &predicted), scored(&predicted, &gold));
        for (name, f) in &a.systems[0].figures {
            // CofeNet's Jaccard looks from gold's side; singletons are gold's to decide.
            if f.n.is_some() || name.starts_with("coref") {
                continue;
            }
            let g = b.systems[0].figure(name).unwrap();
            prop_assert_eq!((f.p, f.r, f.fp, f.missed), (g.r, g.p, g.missed, g.fp), "{}", name);
        }
    }

    #[test]
    fn mending_an_error_never_makes_it_worse(gold in articles(), predicted in articles(), which in any::<Index>()) {
        let before = scored(&gold, &predicted);
        // A missed one is added.
        let mut added = predicted.clone();
        let (g, p) = (&gold[0], &mut added[0]);
        let mut touched = Vec::new();
        if let (Some(list), Some(mine)) = (&g.mentions, &mut p.mentions)
            && !list.is_empty()
        {
            let m = &list[which.index(list.len())];
            if !mine.iter().any(|x| x.span == m.span && x.kind == m.kind) {
                mine.push(m.clone());
                touched.extend(["mentions.strict"]);
            }
        }
        if let (Some(list), Some(mine)) = (&g.positions, &mut p.positions)
            && !list.is_empty()
        {
            mine.push(list[which.index(list.len())].clone());
            let after = scored(&gold, &added);
            let right = |r: &Report| r.systems[0].figure("positions").and_then(|f| f.tp).unwrap_or(0.0);
            prop_assert!(right(&after) >= right(&before));
        }
        let after = scored(&gold, &added);
        for name in touched {
            prop_assert!(main_of(&after, name) > main_of(&before, name) - 1e-9, "{}", name);
        }
        // A false alarm goes.
        let mut removed = predicted.clone();
        if let Some(list) = &mut removed[0].mentions {
            list.retain(|m| g.mentions.iter().flatten().any(|x| x.span == m.span && x.kind == m.kind));
        }
        let after = scored(&gold, &removed);
        prop_assert!(main_of(&after, "mentions.strict") >= main_of(&before, "mentions.strict") - 1e-9);
    }
}
