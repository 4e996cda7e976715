//! Which rule reads a bullet, for `explain`; and where none does, what is close to it.

use crate::checklist::{Bullet, Form, Inline};
use crate::diagnostic::nearest;

use super::super::model::BulletRule;
use super::rows::{ROWS, Row};
use super::whole::{Beyond, Left, read};
use super::{About, head, is_heading, is_readable};
use crate::vocabulary::{Phrase, Vocabulary};

/// Returns which rule reads each bullet, nested ones after theirs; or that none does, and what is
/// close to it.
pub(in crate::resolve) fn explain(
    bullets: &[Bullet],
    of: About<'_>,
    vocabulary: &Vocabulary,
) -> Vec<BulletRule> {
    let mut all = Vec::new();
    for bullet in bullets {
        all.push(one(bullet, of, vocabulary));
        let below = of.below(&bullet.text, vocabulary);
        all.extend(explain(&bullet.children, below, vocabulary));
    }
    all
}

fn one(bullet: &Bullet, of: About<'_>, vocabulary: &Vocabulary) -> BulletRule {
    let text = &bullet.text;
    if !is_readable(bullet) {
        let close = if bullet.form == Form::Block {
            "a quote, a table, code, HTML or an image is for a person to read"
        } else {
            "it is struck through"
        };
        return BulletRule {
            text: text.on_one_line(),
            rule: None,
            close: Some(close.to_owned()),
        };
    }
    let (rule, left) = match read(text, of, Beyond::Nothing, vocabulary) {
        Ok(found) => (Some(found.rule), None),
        Err(_) if !bullet.children.is_empty() && is_heading(text, vocabulary) => {
            (Some("a heading for what is below it"), None)
        }
        Err(left) => (None, left),
    };
    let said = |left: Left| {
        let Left { rule, word } = left;
        format!("the rule “{rule}” reads some of it, but not “{word}”")
    };
    BulletRule {
        text: text.on_one_line(),
        rule,
        close: match rule {
            Some(_) => None,
            None => left.map(said).or_else(|| close(text, vocabulary)),
        },
    }
}

/// Returns what is close to a bullet that no rule reads: the rule whose words it has, or a word
/// that it may be meant to have.
fn close(text: &Inline, vocabulary: &Vocabulary) -> Option<String> {
    let plain = text.plain();
    let plain = Phrase::new(&plain, vocabulary);
    let of_rule = ROWS
        .iter()
        .find_map(|row| Some((row, plain.find(row.about)?)));
    if let Some((row, word)) = of_rule {
        let (name, example) = (row.name, row.example);
        return Some(format!(
            "`{word}` is a word of the rule “{name}”, which reads it like `{example}`"
        ));
    }
    let known: Vec<(&str, &Row)> = ROWS
        .iter()
        .flat_map(|row| row.about.iter().map(move |word| (word.name(), row)))
        .collect();
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let mut words = head(plain).words();
    let meant = words.find_map(|word| nearest(&word.to_lowercase(), &names))?;
    let (_, row) = known.iter().find(|(name, _)| *name == meant)?;
    Some(format!("did you mean `{meant}`? `{}`", row.example))
}

#[cfg(test)]
mod tests {
    use super::super::rows::ROWS;
    use super::super::whole::{Beyond, read};
    use super::explain;
    use crate::checklist::parse;
    use crate::resolve::bullets::About;
    use crate::resolve::target::FileKind;
    use crate::vocabulary::Vocabulary;

    const ABOUT: About<'_> = About {
        kind: Some(FileKind::Deployment),
        path: "k8s/a/deployment.yml",
    };

    /// Checks which rule reads a bullet below a Deployment, and what is close where none does.
    #[track_caller]
    fn check(bullet: &str, rule: Option<&str>, close: Option<&str>) {
        let text =
            format!("# Phase 1: A\n\n## 1.1 B\n\n- [ ] `k8s/a/deployment.yml`:\n  - {bullet}\n");
        let words = Vocabulary::default();
        let parsed = parse("phase-01-a.md", &text, &words).expect("a checklist");
        let task = parsed.checklist.tasks().next().expect("a task");
        let found = explain(&task.bullets, ABOUT, &words);
        let found = found.first().expect("a bullet");
        assert_eq!(found.rule, rule, "{found:?}");
        let said = found.close.as_deref().unwrap_or_default();
        assert!(said.contains(close.unwrap_or_default()), "{said}");
        assert_eq!(found.close.is_some(), close.is_some(), "{said}");
    }

    #[test]
    fn every_rule_reads_its_own_example() {
        let words = Vocabulary::default();
        for row in ROWS {
            let text = format!(
                "# Phase 1: A\n\n## 1.1 B\n\n- [ ] It\n  - {}\n",
                row.example
            );
            let parsed = parse("phase-01-a.md", &text, &words).expect("a checklist");
            let task = parsed.checklist.tasks().next().expect("a task");
            let bullet = &task.bullets.first().expect("a bullet").text;
            let read = read(bullet, ABOUT, Beyond::Nothing, &words);
            let name = read.map(|found| found.rule).ok();
            assert_eq!(name, Some(row.name), "{}", row.example);
        }
    }

    #[test]
    fn a_bullet_that_no_rule_reads_has_what_is_close() {
        check("Replicas: 2 (min)", Some("replicas"), None);
        check(
            "Replicas: 2 on weekdays",
            None,
            Some("reads some of it, but not “weekdays”"),
        );
        check("Resources: plenty", None, Some("requests 256Mi/250m"));
        check("Replcas: 2", None, Some("did you mean `replicas`?"));
        check("Mind the phase of the moon", None, None);
    }
}
