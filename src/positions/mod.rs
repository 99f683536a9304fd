//! Positions: attributions with their holder named, their act, stance, quotation and targets.

mod lemma;

use crate::decode::{Attribution, Decoded, MentionType, PERSON_PRONOUNS, WordRange};
use crate::gazetteer::Gazetteer;
use crate::models::Manifest;
use crate::resolve::{EntityIndex, Geography, Resolved};
use crate::segment::{Document, WordIndex};

pub use lemma::lemma;

/// A position before it is written.
#[derive(Clone, Debug)]
pub struct Position {
    /// The holder's words.
    pub holder: Option<WordRange>,
    /// The holder's entity.
    pub entity: Option<EntityIndex>,
    /// The person or body that holds it.
    pub name: Option<String>,
    /// official, person, government, organisation, unnamed or author.
    pub kind: String,
    /// ISO code.
    pub country: Option<String>,
    /// The cue.
    pub cue: WordRange,
    /// The cue's main word in its base form.
    pub lemma: String,
    /// The content's stretches.
    pub contents: Vec<WordRange>,
    /// direct, indirect or mixed.
    pub quote: &'static str,
    /// The act.
    pub act: String,
    /// support, oppose or neutral.
    pub stance: &'static str,
    /// The cue is negated.
    pub negated: bool,
    /// Islands that the content is about.
    pub targets: Vec<EntityIndex>,
    /// Probability before calibration.
    pub score: f32,
}

/// Names every attribution's holder and says what kind of position it is.
pub fn positions(d: &Document, decoded: &Decoded, resolved: &Resolved, geo: &Geography, manifest: &Manifest) -> Vec<Position> {
    let mut out: Vec<Position> = Vec::new();
    for a in &decoded.attributions {
        let who = a.source.map(|s| holder(d, s, a, decoded, resolved, geo, manifest, &out));
        let who = who.unwrap_or(Holder { entity: None, name: None, kind: "unnamed".into(), country: None });
        let negated = negated(d, a.cue);
        let act = act(d, a, manifest);
        let quote = quote(d, &a.contents);
        let targets = targets(&a.contents, resolved);
        out.push(Position {
            holder: a.source,
            entity: who.entity,
            name: who.name,
            kind: who.kind,
            country: who.country,
            cue: a.cue,
            lemma: lemma(d, a.cue),
            contents: a.contents.clone(),
            quote,
            stance: stance(&act, negated),
            act,
            negated,
            targets,
            score: a.score,
        });
    }
    out
}

struct Holder {
    entity: Option<EntityIndex>,
    name: Option<String>,
    kind: String,
    country: Option<String>,
}

#[allow(clippy::too_many_arguments, reason = "each is a different stage's result")]
fn holder(
    d: &Document,
    span: WordRange,
    a: &Attribution,
    decoded: &Decoded,
    r: &Resolved,
    geo: &Geography,
    manifest: &Manifest,
    earlier: &[Position],
) -> Holder {
    let text = d.span(span.0, span.1).of(d.text());
    let lower = text.to_lowercase();
    let best = a.kinds.iter().enumerate().fold((0, 0.0), |b, (i, &s)| if s > b.1 { (i, s) } else { b });
    let guessed = manifest.kinds.get(best.0).cloned().unwrap_or_else(|| "unnamed".into());
    let person = |e: EntityIndex| {
        let official = r.officials.iter().find(|o| o.entity == e);
        let country = official.and_then(|o| o.country.clone());
        Holder {
            entity: Some(e),
            name: Some(r.entities[e].name.clone()),
            kind: if official.is_some() { "official" } else { "person" }.into(),
            country,
        }
    };
    // A name in the words; but "an aide to Mr. Abe" names another.
    let named = r.person_within(span);
    if named.is_some() && !(guessed == "unnamed" && best.1 > 0.9) && !genitive_of_person(d, span, r) {
        return joint(d, span, r, person);
    }
    // "He", and "he and his administration".
    let first = d.word(span.0).to_lowercase();
    let pronoun = PERSON_PRONOUNS.contains(&first.as_str()) && (span.1 - span.0 == 1 || d.word(span.0 + 1) == "and");
    let role = r.mentions.iter().any(|m| m.kind == MentionType::Role && m.words.0 >= span.0 && m.words.1 <= span.1);
    if named.is_none() && (pronoun || role) {
        // What the coreference head says, over all mentions of each person.
        let mut best: Option<(EntityIndex, f32)> = None;
        let mut sums: Vec<(EntityIndex, f32)> = Vec::new();
        for l in decoded.coreference.iter().filter(|l| l.from == span) {
            if let Some(e) = r.entity_at(l.to) {
                match sums.iter_mut().find(|s| s.0 == e) {
                    Some(s) => s.1 += l.score,
                    None => sums.push((e, l.score)),
                }
            }
        }
        for s in sums {
            if best.is_none_or(|b| s.1 > b.1) {
                best = Some(s);
            }
        }
        let threshold = if pronoun { manifest.decoding.coref_threshold } else { 0.5 };
        if let Some((e, _)) = best.filter(|b| b.1 >= threshold) {
            return person(e);
        }
        // "The minister" is the person whose office these words are evidence of, or who was last said to hold that office.
        if let Some(o) = r.officials.iter().find(|o| o.evidence.iter().any(|w| w.0 >= span.0 && w.1 <= span.1)) {
            return person(o.entity);
        }
        let office = lower.strip_prefix("the ").unwrap_or(&lower);
        let before = |o: &&crate::resolve::Official| o.evidence.iter().filter(|w| w.0 < span.0).map(|w| w.0).max();
        let holder = r.officials.iter().filter(|o| o.office == office || o.office.ends_with(&format!(" {office}")));
        if let Some(o) = holder.filter(|o| before(o).is_some()).max_by_key(|o| before(o)) {
            return person(o.entity);
        }
        if pronoun && lower != "who" {
            // The holder of the position before it, else the last person named.
            let last = earlier
                .iter()
                .rev()
                .find(|p| matches!(p.kind.as_str(), "official" | "person") && p.entity.is_some())
                .and_then(|p| p.entity);
            let e = last.or_else(|| last_person_before(r, span.0));
            if let Some(e) = e {
                return person(e);
            }
        }
    }
    // A body or state.
    let body = r
        .mentions
        .iter()
        .enumerate()
        .filter(|(_, m)| {
            m.words.0 >= span.0 && m.words.1 <= span.1 && matches!(m.kind, MentionType::Org | MentionType::Gpe | MentionType::Loc)
        })
        .map(|(i, m)| (i, m.kind))
        .next_back();
    let country = geo.land_within(span).map(str::to_string).or_else(|| geo.body_country(span));
    let known = geo.body_within(span).map(|(_, b)| b.kind.clone());
    let kind = match (guessed.as_str(), known.as_deref(), body.map(|b| b.1)) {
        ("official" | "person", _, Some(MentionType::Gpe)) => "government".to_string(),
        ("official" | "person", Some("government" | "ministry" | "court" | "army" | "parliament"), _) => "government".to_string(),
        ("official" | "person", _, Some(MentionType::Org)) => "organisation".to_string(),
        ("official" | "person", _, None) => "unnamed".to_string(),
        (g, _, _) => g.to_string(),
    };
    // "It", "the statement": the body that spoke last.
    let refers = matches!(
        lower.as_str(),
        "it" | "they" | "the statement" | "the release" | "the report" | "the letter" | "the ministry" | "the agency"
    );
    if refers
        && body.is_none()
        && let Some(p) = earlier.iter().rev().find(|p| matches!(p.kind.as_str(), "government" | "organisation") && p.name.is_some())
    {
        return Holder { entity: p.entity, name: p.name.clone(), kind: p.kind.clone(), country: p.country.clone() };
    }
    let entity = body.and_then(|(i, _)| r.entity_of[i]);
    let name = match kind.as_str() {
        "government" | "organisation" => Some(entity.map_or_else(
            || without_article(text).to_string(),
            |e| {
                // "The Japanese government": its own words name it better than the country does.
                if r.entities[e].kind == MentionType::Org || span.1 - span.0 <= 2 {
                    r.entities[e].name.clone()
                } else {
                    without_article(text).to_string()
                }
            },
        )),
        _ => None,
    };
    let country = match kind.as_str() {
        // "The government", "police": of the country that the article is about.
        "government" if country.is_none() && unplaced_body(&lower) => geo.main().map(str::to_string),
        "government" => country,
        "official" | "unnamed" => country,
        _ => None,
    };
    Holder { entity: if name.is_some() { entity } else { None }, name, kind, country }
}

/// A body of state that its words leave without a country: "the government", "police", "the defence ministry".
fn unplaced_body(words: &str) -> bool {
    let last = words.rsplit(' ').next().unwrap_or_default();
    [
        "government",
        "police",
        "authorities",
        "ministry",
        "army",
        "navy",
        "military",
        "parliament",
        "court",
        "guard",
        "cabinet",
        "administration",
    ]
    .contains(&last)
}

/// The person or persons that the words name: "A and B" hold a position together.
fn joint(d: &Document, span: WordRange, r: &Resolved, person: impl Fn(EntityIndex) -> Holder) -> Holder {
    let mut all: Vec<EntityIndex> = Vec::new();
    for (m, e) in r.mentions.iter().zip(&r.entity_of) {
        if m.kind == MentionType::Person && m.words.0 >= span.0 && m.words.1 <= span.1 && e.is_some_and(|e| !all.contains(&e)) {
            all.extend(*e);
        }
    }
    let mut first = person(all[0]);
    let together = (span.0..span.1).any(|w| d.word(w) == "and");
    if together && all.len() > 1 {
        let names: Vec<String> = all.iter().map(|&e| r.entities[e].name.clone()).collect();
        first.name = Some(match names.split_last() {
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => return first,
        });
        if all.iter().any(|&e| person(e).country != first.country) {
            first.country = None;
        }
    }
    first
}

fn without_article(text: &str) -> &str {
    ["The ", "the ", "A ", "a "].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text)
}

/// "Trump's campaign", "an aide to Mr. Abe": the person is not the head of the phrase.
fn genitive_of_person(d: &Document, span: WordRange, r: &Resolved) -> bool {
    let Some(m) = r.mentions.iter().find(|m| m.kind == MentionType::Person && m.words.0 >= span.0 && m.words.1 <= span.1) else {
        return false;
    };
    let after = m.words.1;
    let genitive = after + 1 < span.1 && matches!(d.word(after), "'" | "’") && d.word(after + 1) == "s";
    let last_is_name = r.mentions.iter().any(|x| x.kind == MentionType::Person && x.words.0 > m.words.0 && x.words.1 <= span.1);
    let of = m.words.0 > span.0 + 1 && matches!(d.word(m.words.0 - 1), "to" | "of" | "for" | "by" | "with") && m.words.1 == span.1;
    (genitive && !last_is_name) || of
}

fn last_person_before(r: &Resolved, word: WordIndex) -> Option<EntityIndex> {
    r.mentions
        .iter()
        .zip(&r.entity_of)
        .filter(|(m, _)| m.kind == MentionType::Person && m.words.1 <= word)
        .filter_map(|(_, e)| *e)
        .next_back()
}

const NEGATIONS: [&str; 7] = ["not", "n't", "never", "no", "neither", "nor", "t"];

/// The cue itself is negated: "did not confirm", "didn't say", "never said".
fn negated(d: &Document, cue: WordRange) -> bool {
    (cue.0..cue.1).any(|w| {
        let x = d.word(w).to_lowercase();
        // "didn't" is cut into didn ' t
        if x == "t" { w > 0 && matches!(d.word(w - 1), "'" | "’") } else { x == "nor" || NEGATIONS.contains(&x.as_str()) }
    })
}

/// Cue classes of the lexicon whose act leaves no doubt.
fn act(d: &Document, a: &Attribution, manifest: &Manifest) -> String {
    let best = a.acts.iter().enumerate().fold((0, 0.0), |b, (i, &s)| if s > b.1 { (i, s) } else { b });
    let learned = manifest.acts.get(best.0).cloned().unwrap_or_else(|| "state".into());
    // Plain verbs of saying are never anything else.
    let plain = ["say", "tell", "add", "note", "write", "accord", "announce", "explain"];
    let l = lemma(d, a.cue);
    if plain.contains(&l.as_str()) && a.cue.1 - a.cue.0 <= 2 && Gazetteer::get().cues.contains_key(&l) {
        return "state".into();
    }
    learned
}

/// The stance that follows from the act and the negation, as the guidelines fix it.
pub fn stance(act: &str, negated: bool) -> &'static str {
    let plain = match act {
        "support" | "agree" | "propose" | "promise" | "request" | "demand" => "support",
        "deny" | "reject" | "dispute" | "criticise" | "accuse" => "oppose",
        _ => "neutral",
    };
    match (plain, negated) {
        ("support", true) => "oppose",
        ("oppose", true) => "neutral",
        (s, _) => s,
    }
}

/// direct where all the content stands in quotation marks, mixed where part does (more than a word or two), else indirect.
fn quote(d: &Document, contents: &[WordRange]) -> &'static str {
    let (mut inside, mut outside, mut run, mut longest) = (0, 0, 0, 0);
    for &c in contents {
        if wholly_quoted(d, c) {
            inside += c.1 - c.0;
            longest = longest.max(c.1 - c.0);
            continue;
        }
        let marks = single_quoted(d, c);
        for w in c.0..c.1 {
            if !d.word(w).chars().any(char::is_alphanumeric) {
                continue;
            }
            if d.quoted[w] || marks[w - c.0] {
                inside += 1;
                run += 1;
                longest = longest.max(run);
            } else {
                outside += 1;
                run = 0;
            }
        }
        run = 0;
    }
    match (inside, outside) {
        (i, 0) if i > 0 => "direct",
        (i, _) if i > 0 && longest > 2 => "mixed",
        _ => "indirect",
    }
}

const OPENING: [&str; 7] = ["\"", "“", "‘", "'", "`", "«", "„"];
const CLOSING: [&str; 6] = ["\"", "”", "’", "'", "»", "“"];

/// Whether quotation marks stand right at both ends of the stretch, stops and commas aside: nested marks do not matter then.
fn wholly_quoted(d: &Document, c: WordRange) -> bool {
    let before =
        OPENING.contains(&d.word(c.0)) || (c.0 > 0 && OPENING.contains(&d.word(c.0 - 1)) && d.words[c.0 - 1].end == d.words[c.0].start);
    let mut w = c.1;
    while w < d.words.len() && w < c.1 + 2 && matches!(d.word(w), "." | "," | "!" | "?") {
        w += 1;
    }
    let after =
        CLOSING.contains(&d.word(c.1 - 1)) || (w < d.words.len() && CLOSING.contains(&d.word(w)) && d.words[w].start == d.words[w - 1].end);
    before && after
}

/// For each word of the stretch: it stands inside single quotation marks, as British papers use them.
fn single_quoted(d: &Document, c: WordRange) -> Vec<bool> {
    let mut out = vec![false; c.1 - c.0];
    let from = d.sentences[d.sentence_of(c.0)].0;
    let mut inside = false;
    for w in from..c.1 {
        let mark = d.word(w);
        if matches!(mark, "‘" | "'" | "’") {
            let space_before = w == 0 || d.words[w - 1].end < d.words[w].start;
            let letter_after =
                w + 1 < d.words.len() && d.words[w + 1].start == d.words[w].end && d.word(w + 1).chars().all(char::is_alphanumeric);
            if !inside && mark != "’" && letter_after && (space_before || mark == "‘") {
                inside = true;
            } else if inside && mark != "‘" && !letter_after {
                inside = false;
            }
        }
        if w >= c.0 {
            out[w - c.0] = inside;
        }
    }
    out
}

fn targets(contents: &[WordRange], r: &Resolved) -> Vec<EntityIndex> {
    let mut out = Vec::new();
    for i in &r.islands {
        let named = r.entities[i.entity].mentions.iter().any(|&m| {
            let w = r.mentions[m].words;
            contents.iter().any(|c| c.0 <= w.0 && w.1 <= c.1)
        });
        if named {
            out.push(i.entity);
        }
    }
    out
}
