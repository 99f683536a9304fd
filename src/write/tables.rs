//! Records as relational tables: one row an item, joined by `article_id`.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::RecordWriter;
use crate::annotation::{Offsets, Record};

/// Tables and their columns.
pub const TABLES: [(&str, &[&str]); 9] = [
    (
        "articles",
        &[
            "article_id",
            "source",
            "line",
            "title",
            "date",
            "lang",
            "characters",
            "sentences",
            "people",
            "officials",
            "islands",
            "claims",
            "positions",
            "meta",
        ],
    ),
    ("mentions", &["article_id", "mention", "start", "end", "text", "type", "entity", "score", "sentence"]),
    ("entities", &["article_id", "entity", "type", "name", "mentions", "country", "link"]),
    ("people", &["article_id", "entity", "name", "mentions", "official"]),
    ("officials", &["article_id", "entity", "name", "office", "office_text", "body", "country", "status", "evidence", "score"]),
    (
        "islands",
        &["article_id", "entity", "name", "text", "aliases", "gazetteer", "kind", "lat", "lon", "part_of", "controlled_by", "disputed_by"],
    ),
    ("claims", &["article_id", "island", "island_name", "claimant", "claimant_entity", "relation", "evidence", "evidence_text", "score"]),
    (
        "positions",
        &[
            "article_id",
            "position",
            "holder_entity",
            "holder_start",
            "holder_end",
            "holder_text",
            "holder_name",
            "holder_kind",
            "holder_office",
            "holder_country",
            "cue_spans",
            "cue_text",
            "cue_lemma",
            "content_spans",
            "content_text",
            "quote",
            "act",
            "stance",
            "negated",
            "targets",
            "target_names",
            "score",
        ],
    ),
    ("relations", &["article_id", "type", "head", "head_name", "tail", "tail_name", "evidence", "score"]),
];

type Row = Vec<String>;

fn spans(all: &[Offsets]) -> String {
    all.iter().map(|[s, e]| format!("{s}:{e}")).collect::<Vec<_>>().join("|")
}

fn opt<T: ToString>(v: &Option<T>) -> String {
    v.as_ref().map_or(String::new(), T::to_string)
}

/// The rows of one table; `name` is one of [`TABLES`].
fn rows(name: &str, r: &Record) -> Vec<Row> {
    let id = || r.id.clone();
    let entity_name = |e: &str| r.entities.iter().find(|x| x.id == e).map_or(String::new(), |x| x.name.clone());
    match name {
        "articles" => vec![vec![
            id(),
            r.source.path.clone(),
            opt(&r.source.line),
            opt(&r.title),
            opt(&r.date),
            r.lang.clone(),
            r.text.as_ref().map_or(String::new(), |t| t.chars().count().to_string()),
            r.sentences.len().to_string(),
            r.people.len().to_string(),
            r.officials.len().to_string(),
            r.islands.len().to_string(),
            r.claims.len().to_string(),
            r.positions.len().to_string(),
            r.meta.as_ref().filter(|m| !m.is_empty()).map_or(String::new(), |m| serde_json::Value::Object(m.clone()).to_string()),
        ]],
        "mentions" => r
            .mentions
            .iter()
            .map(|m| {
                let sentence = r.sentences.iter().position(|s| s[0] <= m.start && m.start < s[1]);
                vec![
                    id(),
                    m.id.clone(),
                    m.start.to_string(),
                    m.end.to_string(),
                    m.text.clone(),
                    m.kind.clone(),
                    opt(&m.entity),
                    m.score.to_string(),
                    opt(&sentence),
                ]
            })
            .collect(),
        "entities" => r
            .entities
            .iter()
            .map(|e| vec![id(), e.id.clone(), e.kind.clone(), e.name.clone(), e.mentions.join("|"), opt(&e.country), opt(&e.link)])
            .collect(),
        "people" => {
            r.people.iter().map(|p| vec![id(), p.entity.clone(), p.name.clone(), p.mentions.to_string(), p.official.to_string()]).collect()
        }
        "officials" => r
            .officials
            .iter()
            .map(|o| {
                vec![
                    id(),
                    o.entity.clone(),
                    o.name.clone(),
                    o.office.clone(),
                    o.office_text.clone(),
                    opt(&o.body),
                    opt(&o.country),
                    o.status.clone(),
                    spans(&o.evidence),
                    o.score.to_string(),
                ]
            })
            .collect(),
        "islands" => r
            .islands
            .iter()
            .map(|i| {
                vec![
                    id(),
                    i.entity.clone(),
                    i.name.clone(),
                    i.text.clone(),
                    i.aliases.join("|"),
                    opt(&i.gazetteer),
                    opt(&i.kind),
                    opt(&i.lat),
                    opt(&i.lon),
                    opt(&i.part_of),
                    opt(&i.controlled_by),
                    i.disputed_by.join("|"),
                ]
            })
            .collect(),
        "claims" => r
            .claims
            .iter()
            .map(|c| {
                let text = c.evidence.first().and_then(|[s, e]| {
                    let t = r.text.as_ref()?;
                    Some(t.chars().skip(*s as usize).take((e - s) as usize).collect::<String>())
                });
                vec![
                    id(),
                    c.island.clone(),
                    entity_name(&c.island),
                    c.claimant.clone(),
                    opt(&c.claimant_entity),
                    c.relation.clone(),
                    spans(&c.evidence),
                    text.unwrap_or_default(),
                    c.score.to_string(),
                ]
            })
            .collect(),
        "positions" => r
            .positions
            .iter()
            .map(|p| {
                let office = p.holder.entity.as_ref().and_then(|e| r.officials.iter().find(|o| o.entity == *e)).map(|o| o.office.clone());
                vec![
                    id(),
                    p.id.clone(),
                    opt(&p.holder.entity),
                    opt(&p.holder.start),
                    opt(&p.holder.end),
                    opt(&p.holder.text),
                    opt(&p.holder.name),
                    p.holder.kind.clone(),
                    opt(&office),
                    opt(&p.holder.country),
                    spans(&p.cue.spans),
                    p.cue.text.clone(),
                    p.cue.lemma.clone(),
                    spans(&p.content.spans),
                    p.content.text.clone(),
                    p.quote.clone(),
                    p.act.clone(),
                    p.stance.clone(),
                    p.negated.to_string(),
                    p.targets.join("|"),
                    p.targets.iter().map(|t| entity_name(t)).collect::<Vec<_>>().join("|"),
                    p.score.to_string(),
                ]
            })
            .collect(),
        "relations" => r
            .relations
            .iter()
            .map(|x| {
                vec![
                    id(),
                    x.kind.clone(),
                    x.head.clone(),
                    entity_name(&x.head),
                    x.tail.clone(),
                    entity_name(&x.tail),
                    spans(&x.evidence),
                    x.score.to_string(),
                ]
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A cell that a spreadsheet would run as a formula is marked as text; numbers stay numbers.
fn guarded(cell: &str) -> std::borrow::Cow<'_, str> {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}").into() } else { cell.into() }
}

/// One table as CSV.
pub struct CsvTable<W: Write> {
    name: &'static str,
    out: csv::Writer<W>,
    raw: bool,
}

impl<W: Write> CsvTable<W> {
    /// Writes the header row of `name`, one of [`TABLES`]. `raw` leaves formula-like cells as they are.
    pub fn new(name: &'static str, out: W, raw: bool) -> io::Result<Self> {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        if let Some((_, columns)) = TABLES.iter().find(|t| t.0 == name) {
            out.write_record(*columns)?;
        }
        Ok(CsvTable { name, out, raw })
    }
}

impl<W: Write> RecordWriter for CsvTable<W> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        for row in rows(self.name, record) {
            if self.raw {
                self.out.write_record(&row)?;
            } else {
                self.out.write_record(row.iter().map(|c| guarded(c).into_owned()))?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// All tables as CSV files in a folder.
pub struct CsvFolder {
    tables: Vec<CsvTable<io::BufWriter<File>>>,
}

impl CsvFolder {
    /// Makes the folder and its files.
    pub fn create(dir: &Path, raw: bool) -> io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let tables = TABLES
            .iter()
            .map(|(name, _)| CsvTable::new(name, io::BufWriter::new(File::create(dir.join(format!("{name}.csv")))?), raw))
            .collect::<io::Result<_>>()?;
        Ok(CsvFolder { tables })
    }
}

impl RecordWriter for CsvFolder {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        self.tables.iter_mut().try_for_each(|t| t.write(record))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.tables.iter_mut().try_for_each(RecordWriter::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_marked_and_numbers_are_not() {
        for (cell, want) in
            [("=1+1", "'=1+1"), ("-12.5", "-12.5"), ("-dash", "'-dash"), ("@user", "'@user"), ("plain", "plain"), ("+7", "+7")]
        {
            assert_eq!(guarded(cell), want);
        }
    }

    #[test]
    fn every_row_has_its_tables_columns() {
        let mut r = Record { id: "a".into(), ..Record::default() };
        r.mentions.push(Default::default());
        r.entities.push(Default::default());
        r.people.push(Default::default());
        r.officials.push(Default::default());
        r.islands.push(Default::default());
        r.claims.push(Default::default());
        r.positions.push(Default::default());
        r.relations.push(Default::default());
        for (name, columns) in TABLES {
            let rows = rows(name, &r);
            assert_eq!(rows.len(), 1, "{name}");
            assert_eq!(rows[0].len(), columns.len(), "{name}");
        }
    }
}
