//! Officials: which person holds which office of which country.

use std::collections::HashMap;

use super::{EntityIndex, Geography, Resolved, names};
use crate::decode::{Decoded, MentionType, WordRange};
use crate::gazetteer::{Gazetteer, Leader};
use crate::models::Manifest;
use crate::segment::{Document, WordIndex};

/// A person's office.
#[derive(Clone, Debug)]
pub struct Official {
    /// The person.
    pub entity: EntityIndex,
    /// Canonical office, small letters.
    pub office: String,
    /// Where the office's words stand; the first is `office_text`.
    pub evidence: Vec<WordRange>,
    /// The organisation served, where the text names one.
    pub body: Option<String>,
    /// ISO code.
    pub country: Option<String>,
    /// current, former, acting, elect or candidate.
    pub status: String,
    /// Probability before calibration.
    pub score: f32,
}

/// Titles and short forms with one meaning.
const SHORT: [(&str, &str); 24] = [
    ("sen", "senator"),
    ("sens", "senator"),
    ("senators", "senator"),
    ("rep", "representative"),
    ("reps", "representative"),
    ("congressman", "representative"),
    ("congresswoman", "representative"),
    ("gov", "governor"),
    ("govs", "governor"),
    ("pm", "prime minister"),
    ("mp", "member of parliament"),
    ("mps", "member of parliament"),
    ("lawmaker", "member of parliament"),
    ("mep", "member of the european parliament"),
    ("fm", "foreign minister"),
    ("gen", "general"),
    ("adm", "admiral"),
    ("col", "colonel"),
    ("lt gen", "lieutenant general"),
    ("maj gen", "major general"),
    ("vp", "vice president"),
    ("presidents", "president"),
    ("ministers", "minister"),
    ("premier", "premier"),
];

/// What is left of an office that the model found in part: no office by itself.
const FRAGMENTS: [&str; 16] = [
    "deputy",
    "vice",
    "head",
    "member",
    "foreign",
    "foreign ministry",
    "ministry",
    "senate",
    "parliament",
    "opposition",
    "central bank",
    "prime",
    "presidential",
    "government",
    "defence ministry",
    "sir",
];

/// Ranks: beside another office they are none of their own.
const RANKS: [&str; 18] = [
    "general",
    "lieutenant general",
    "major general",
    "brigadier general",
    "admiral",
    "rear admiral",
    "vice admiral",
    "colonel",
    "senior colonel",
    "lieutenant colonel",
    "major",
    "captain",
    "senior captain",
    "commodore",
    "maj",
    "capt",
    "brigadier",
    "lieutenant",
];

/// Countries whose parliament has a senate: "Senator X" in an article about one of them serves it.
const SENATES: [&str; 24] = [
    "PH", "AU", "CA", "FR", "IT", "ES", "AR", "BR", "MX", "CO", "CL", "PK", "NG", "KE", "NL", "BE", "IE", "PL", "CZ", "RO", "UY", "PY",
    "BO", "ZW",
];

/// Offices that only the United States have, by their words.
const AMERICAN: [&str; 12] = [
    "senator",
    "representative",
    "secretary of state",
    "attorney general",
    "house speaker",
    "speaker of the house",
    "congressman",
    "senate majority leader",
    "senate minority leader",
    "house minority leader",
    "house majority leader",
    "treasury secretary",
];

/// International bodies whose officers serve no country.
const INTERNATIONAL: [(&str, &str); 16] = [
    ("united nations", "United Nations"),
    ("u n", "United Nations"),
    ("un", "United Nations"),
    ("nato", "NATO"),
    ("european union", "European Union"),
    ("eu", "European Union"),
    ("european commission", "European Commission"),
    ("european council", "European Council"),
    ("european parliament", "European Parliament"),
    ("imf", "IMF"),
    ("world bank", "World Bank"),
    ("iaea", "IAEA"),
    ("who", "World Health Organization"),
    ("asean", "ASEAN"),
    ("african union", "African Union"),
    ("arab league", "Arab League"),
];

pub(super) fn resolve(d: &Document, decoded: &Decoded, geo: &Geography, manifest: &Manifest, out: &mut Resolved) {
    let threshold = manifest.decoding.office_threshold;
    let roles: Vec<(WordRange, f32)> = out.mentions.iter().filter(|m| m.kind == MentionType::Role).map(|m| (m.words, m.score)).collect();
    let mut found: Vec<Official> = Vec::new();
    for &(role, role_score) in &roles {
        // The best link to each person of the window.
        let mut best: HashMap<EntityIndex, f32> = HashMap::new();
        for l in decoded.offices.iter().filter(|l| l.from == role) {
            if let Some(e) = out.entity_at(l.to).filter(|e| out.people.contains(e)) {
                let s = best.entry(e).or_default();
                *s = s.max(l.score);
            }
        }
        let mut who: Vec<(EntityIndex, f32)> = best.into_iter().filter(|(_, s)| *s >= threshold).collect();
        who.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        // One holder, unless the office stands in the plural ("Presidents A and B").
        let plural = d.word(role.1 - 1).ends_with('s') && !d.word(role.1 - 1).ends_with("ss");
        who.truncate(if plural { 4 } else { 1 });
        for (entity, link) in who {
            let text = d.span(role.0, role.1).of(d.text());
            let Some(office) = office_of(d, role, text, &found, geo) else { continue };
            let status = status_of(d, decoded, role, manifest);
            let (country, body) = country_of(d, decoded, role, &office, geo, &out.entities[entity].name);
            let score = link * role_score;
            let same = found.iter_mut().find(|o| o.entity == entity && same_office(&o.office, &office));
            match same {
                Some(o) => {
                    o.evidence.push(role);
                    o.score = o.score.max(score);
                    if o.country.is_none() {
                        o.country = country;
                    }
                    if o.body.is_none() {
                        o.body = body;
                    }
                    // The more particular name of the office stays.
                    if office.split(' ').count() > o.office.split(' ').count() {
                        o.office = office;
                    }
                }
                None => found.push(Official { entity, office, evidence: vec![role], body, country, status, score }),
            }
        }
    }
    // "The minister", "the president": a general word for the person's other office adds evidence only.
    let particular: Vec<(EntityIndex, String)> = found.iter().map(|o| (o.entity, o.office.clone())).collect();
    let mut kept: Vec<Official> = Vec::new();
    let mut general: Vec<Official> = Vec::new();
    for o in found {
        let covered = particular.iter().any(|(e, office)| *e == o.entity && *office != o.office && covers(office, &o.office));
        if covered { general.push(o) } else { kept.push(o) }
    }
    for g in general {
        if let Some(o) = kept.iter_mut().find(|o| o.entity == g.entity && covers(&o.office, &g.office)) {
            o.evidence.extend(g.evidence);
            o.evidence.sort_unstable();
            o.country = o.country.take().or(g.country);
        }
    }
    let offices: Vec<(EntityIndex, String)> = kept.iter().map(|o| (o.entity, o.office.clone())).collect();
    let ranked = |o: &str| RANKS.contains(&o);
    kept.retain(|o| !ranked(&o.office) || !offices.iter().any(|(e, other)| *e == o.entity && !ranked(other)));
    fill_countries(geo, out, &mut kept);
    for o in &kept {
        if out.entities[o.entity].country.is_none() {
            out.entities[o.entity].country.clone_from(&o.country);
        }
    }
    kept.sort_by_key(|o| (o.entity, o.evidence[0]));
    out.officials = kept;
}

/// Whether `general` ("minister") says no more than `particular` ("foreign minister").
fn covers(particular: &str, general: &str) -> bool {
    let p: Vec<&str> = particular.split(' ').collect();
    let deputy = |s: &str| s.starts_with("deputy ") || s.starts_with("vice ");
    deputy(particular) == deputy(general)
        && ((general == "leader" && matches!(particular, "president" | "prime minister" | "premier" | "chancellor" | "supreme leader"))
            || (matches!(
                general,
                "minister"
                    | "secretary"
                    | "spokesperson"
                    | "leader"
                    | "premier"
                    | "speaker"
                    | "diplomat"
                    | "top diplomat"
                    | "envoy"
                    | "chief"
            ) && (p.last() == Some(&general) || (general == "minister" && p.first() == Some(&"minister"))))
            || (general == "premier" && particular == "prime minister")
            || (general == "top diplomat" && matches!(particular, "foreign minister" | "secretary of state")))
}

fn same_office(a: &str, b: &str) -> bool {
    let set = |s: &str| {
        let mut w: Vec<String> = s
            .split(' ')
            .filter(|w| !matches!(*w, "of" | "the" | "for" | "affairs" | "and"))
            .map(|w| if w == "vice" { "deputy".into() } else { w.to_string() })
            .collect();
        w.sort();
        w
    };
    set(a) == set(b)
}

/// The canonical office of the words: small letters, without country and status, short forms spelt out.
fn office_of(d: &Document, role: WordRange, text: &str, earlier: &[Official], geo: &Geography) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for w in role.0..role.1 {
        // The country's words are no part of the office ("Japanese foreign minister").
        let country = geo.country_named((w, w + 1)).is_some() && geo.body_within((w, w + 1)).is_none();
        if country || (w > role.0 && d.word(w) == "s" && matches!(d.word(w - 1), "'" | "’")) {
            continue;
        }
        let word = d.word(w).to_lowercase();
        if word.chars().all(char::is_alphanumeric) {
            words.push(word);
        } else if word == "-" && !words.is_empty() {
            words.push("-".into());
        }
    }
    let mut s = words.join(" ").replace(" - ", "-");
    for p in [
        "the ",
        "a ",
        "an ",
        "his ",
        "her ",
        "their ",
        "its ",
        "then-",
        "then ",
        "former ",
        "ex-",
        "acting ",
        "interim ",
        "outgoing ",
        "incoming ",
        "current ",
    ] {
        if let Some(rest) = s.strip_prefix(p) {
            s = rest.to_string();
        }
    }
    let s = s.trim_end_matches("-elect").trim_end_matches(" elect").trim_matches(['-', ' ']).to_string();
    let s = ["opposition ", "senior ", "veteran ", "ruling-party "].iter().find_map(|p| s.strip_prefix(p)).unwrap_or(&s).to_string();
    let s = s.trim_end_matches(" of").trim_end_matches(" for").trim_end_matches(" of the").to_string();
    if s.is_empty() || FRAGMENTS.contains(&s.as_str()) {
        return None;
    }
    if s.split(' ').next_back().is_some_and(|w| matches!(w, "lawmaker" | "legislator" | "parliamentarian" | "lawmakers")) {
        return Some("member of parliament".into());
    }
    // "His Japanese counterpart" holds the office named last before it.
    if s.contains("counterpart") {
        return earlier.iter().rev().find(|o| o.evidence.iter().any(|e| e.0 < role.0)).map(|o| o.office.clone());
    }
    if let Some((_, full)) = SHORT.iter().find(|(short, _)| *short == s) {
        return Some((*full).to_string());
    }
    let s = s
        .replace("defense", "defence")
        .replace("spokesman", "spokesperson")
        .replace("spokeswoman", "spokesperson")
        .replace("vice-president", "vice president")
        .replace("secretary general", "secretary-general")
        .replace("advisor", "adviser");
    let s = match s.as_str() {
        "chairman" | "chairwoman" => "chairperson".to_string(),
        "foreign affairs minister" | "minister of foreign affairs" | "minister for foreign affairs" => "foreign minister".into(),
        "ministers" => "minister".into(),
        _ => s,
    };
    let plural = s.ends_with("ministers")
        || s.ends_with("presidents")
        || s.ends_with("leaders")
        || s.ends_with("governors")
        || s.ends_with("ambassadors");
    let s = if plural { s[..s.len() - 1].to_string() } else { s };
    if s == "spokesperson" || s == "ministry spokesperson" || s == "deputy spokesperson" {
        return Some(speaks_for(d, role, geo).map_or(s.clone(), |body| match s.strip_prefix("ministry ") {
            Some(rest) => format!("{body} ministry {rest}"),
            None => format!("{body} {s}"),
        }));
    }
    debug_assert!(!text.is_empty());
    Some(s)
}

/// The body right before "spokesman", without its country: "Kremlin", "Chinese Foreign Ministry", "White House".
fn speaks_for(d: &Document, role: WordRange, geo: &Geography) -> Option<String> {
    let sentence = d.sentences[d.sentence_of(role.0)].0;
    let mut words: Vec<String> = Vec::new();
    for w in (sentence..role.0).rev().take(4) {
        let word = d.word(w);
        let country = geo.country_named((w, w + 1)).is_some() && geo.body_within((w, w + 1)).is_none();
        let lower = word.to_lowercase();
        let kind = matches!(
            lower.as_str(),
            "ministry"
                | "police"
                | "army"
                | "navy"
                | "military"
                | "government"
                | "department"
                | "embassy"
                | "foreign"
                | "defence"
                | "defense"
        );
        let capital = word.chars().next().is_some_and(char::is_uppercase) && w > sentence;
        if country || !(capital || kind) || words.len() == 3 {
            break;
        }
        words.push(lower.replace("defense", "defence"));
    }
    words.reverse();
    (!words.is_empty()).then(|| words.join(" "))
}

fn status_of(d: &Document, decoded: &Decoded, role: WordRange, manifest: &Manifest) -> String {
    let from = role.0.saturating_sub(3);
    let before: Vec<String> = (from..role.1).map(|w| d.word(w).to_lowercase()).collect();
    let has = |words: &[&str]| before.iter().any(|b| words.contains(&b.as_str()));
    let sentence = d.sentences[d.sentence_of(role.0)].0;
    let same_sentence = from >= sentence;
    if same_sentence {
        if has(&["former", "ex", "onetime", "late"]) {
            return "former".into();
        }
        if has(&["acting", "interim", "caretaker"]) {
            return "acting".into();
        }
    }
    if role.1 + 1 < d.words.len() && d.word(role.1) == "-" && d.word(role.1 + 1) == "elect" || d.word(role.1 - 1) == "elect" {
        return "elect".into();
    }
    let scores = decoded.statuses.iter().find(|(r, _)| *r == role).map(|(_, s)| s.as_slice()).unwrap_or_default();
    let best = scores.iter().enumerate().fold((0, 0.0), |b, (i, &s)| if s > b.1 { (i, s) } else { b });
    manifest.statuses.get(best.0).filter(|_| best.1 > 0.5).cloned().unwrap_or_else(|| "current".into())
}

/// The country that the office's words or their neighbours name, and the body.
fn country_of(
    d: &Document,
    decoded: &Decoded,
    role: WordRange,
    office: &str,
    geo: &Geography,
    name: &str,
) -> (Option<String>, Option<String>) {
    if let Some(body) = international(d, role) {
        return (None, Some(body));
    }
    let near = before_and_after(d, role);
    let body_within = geo.body_within(near).map(|(w, _)| d.span(w.0, w.1).of(d.text()).to_string());
    // 1. in the words, or in the noun phrase before them. An ambassador's words name the host: "ambassador to China".
    let envoy = office.contains("ambassador") || office.contains("envoy") || office.contains("consul");
    let inside = if envoy { None } else { geo.country_within(role).map(str::to_string) };
    if let Some(c) = inside.or_else(|| geo.country_before(role.0).map(|p| p.country.clone())) {
        return (Some(c), body_within);
    }
    if let Some(c) = geo.last_country_within((near.0, role.1)).filter(|_| !envoy || near.0 < role.0) {
        return (Some(c.to_string()), body_within);
    }
    // 2. right after: "president of France", "minister for trade of Japan"
    let after = (role.1, (role.1 + 4).min(d.words.len()));
    if !envoy
        && after.0 < after.1
        && matches!(d.word(after.0), "of" | "to" | "for")
        && let Some(c) = geo.country_within(after)
    {
        return (Some(c.to_string()), body_within);
    }
    // "Its foreign minister": of the country that the sentence, or the one before it, begins with.
    if role.0 > 0 && matches!(d.word(role.0 - 1).to_lowercase().as_str(), "its" | "their" | "his" | "her") {
        let sentence = d.sentence_of(role.0);
        let here = geo.country_within((d.sentences[sentence].0, role.0));
        let before = || sentence.checked_sub(1).and_then(|s| geo.country_within(d.sentences[s]));
        if let Some(c) = here.or_else(before) {
            return (Some(c.to_string()), body_within);
        }
    }
    // 3. whom the person is known to serve, where the office is a state's
    let local = ["governor", "mayor", "police", "council", "sheriff", "premier"].iter().any(|w| office.contains(w));
    if !local && let Some(l) = leader(name).filter(|l| !l.country.is_empty()) {
        return (Some(l.country.clone()), body_within);
    }
    // 4. a region or city: "Tokyo governor"
    if let Some(p) = geo.region_within(near) {
        let name = d.span(p.words.0, p.words.1).of(d.text()).to_string();
        return (Some(p.country.clone()), Some(name));
    }
    // where it was said: "In Beijing, …", "… told reporters in Beijing"
    if let Some(c) = said_in(d, role, geo) {
        return (Some(c), body_within);
    }
    // 5. a body of one country: "State Department spokesman"
    if let Some(c) = geo.body_country(near) {
        return (Some(c), body_within);
    }
    if AMERICAN.contains(&office) && office != "attorney general" {
        let main = geo.main().filter(|m| matches!(office, "senator" | "representative") && SENATES.contains(m));
        return (Some(main.unwrap_or("US").into()), body_within);
    }
    // 6. what the country head reads from the sentence
    let best = decoded.countries.iter().filter(|l| l.from == role).max_by(|a, b| a.score.total_cmp(&b.score));
    if let Some(l) = best.filter(|l| l.score > 0.6)
        && let Some(c) = geo.country_named(l.to)
    {
        return (Some(c.to_string()), body_within);
    }
    (None, body_within)
}

/// Whom the gazetteer knows the person to serve: by the full name, or by a surname that means one person.
fn leader(name: &str) -> Option<&'static Leader> {
    let g = Gazetteer::get();
    let name = name.to_lowercase();
    g.leaders.get(&name).or_else(|| if name.contains(' ') { None } else { g.surnames.get(&name) })
}

/// The noun phrase around the office: from the sentence's last break before it to a few words after.
fn before_and_after(d: &Document, role: WordRange) -> WordRange {
    let sentence = d.sentences[d.sentence_of(role.0)];
    let stop = |w: WordIndex| matches!(d.word(w), "," | ";" | ":" | "(" | ")" | "\"" | "“" | "”" | "and" | "said" | "with" | "by");
    let mut a = role.0;
    while a > sentence.0 && role.0 - a < 5 && !stop(a - 1) {
        a -= 1;
    }
    let mut b = role.1;
    if b < sentence.1 && matches!(d.word(b), "of" | "for" | "at") {
        while b < sentence.1 && b - role.1 < 6 && !stop(b) {
            b += 1;
        }
    }
    (a, b)
}

/// The country of the capital in which the sentence says that the words were spoken.
fn said_in(d: &Document, role: WordRange, geo: &Geography) -> Option<String> {
    let (a, b) = d.sentences[d.sentence_of(role.0)];
    (a..b.saturating_sub(1)).find_map(|w| {
        let word = d.word(w);
        let spoken = w > a && matches!(d.word(w - 1), "said" | "reporters" | "told" | "journalists" | "briefing");
        if (w == a && word == "In") || (word == "in" && spoken) {
            geo.country_within((w + 1, (w + 3).min(b))).map(str::to_string)
        } else {
            None
        }
    })
}

fn international(d: &Document, role: WordRange) -> Option<String> {
    let near = before_and_after(d, role);
    let text = names::key(d.span(near.0, near.1).of(d.text()));
    let padded = format!(" {text} ");
    // "U.N. ambassador" and "ambassador to the United Nations" serve their own country.
    if padded.contains(" ambassador ") || padded.contains(" envoy to ") || padded.contains(" representative to ") {
        return None;
    }
    let who = |k: &str| k != "who";
    INTERNATIONAL.iter().filter(|(k, _)| who(k)).find(|(k, _)| padded.contains(&format!(" {k} "))).map(|(_, n)| (*n).to_string())
}

/// Countries that the office's words leave open: the leader's, the person's other office's, the article's.
fn fill_countries(geo: &Geography, out: &Resolved, officials: &mut [Official]) {
    let known: Vec<(EntityIndex, String)> = officials.iter().filter_map(|o| o.country.clone().map(|c| (o.entity, c))).collect();
    for o in officials.iter_mut().filter(|o| o.country.is_none()) {
        let international_body = o.body.as_deref().is_some_and(|b| INTERNATIONAL.iter().any(|(_, n)| *n == b));
        if international_body {
            continue;
        }
        o.country = match leader(&out.entities[o.entity].name) {
            Some(l) if !l.country.is_empty() => Some(l.country.clone()),
            Some(l) => {
                o.body = o.body.take().or_else(|| Some(l.body.clone()));
                None
            }
            None => known.iter().find(|(e, _)| *e == o.entity).map(|(_, c)| c.clone()).or_else(|| geo.main().map(str::to_string)),
        };
    }
}
