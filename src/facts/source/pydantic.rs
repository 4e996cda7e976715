//! pydantic-settings classes: each field is a variable.
//!
//! Prefix and nested delimiter come from `model_config` or `class Config`, an alias from `Field`.
//! What a validator or `settings_customise_sources` changes isn't seen.

use std::sync::LazyLock;

use regex::Regex;

use super::super::model::Variable;
use super::code::{Code, Language};
use super::literal;
use super::variables::{pattern, patterns, variable};

patterns! {
    CLASS = r"(?m)^([ \t]*)class[ \t]+(\w+)[ \t]*\(([^)]*)\)[ \t]*:";
    FIELD = r"^\s*(\w+)\s*:\s*";
    PREFIX = r#"\benv_prefix["']?\s*[=:]\s*["']([^"']*)["']"#;
    DELIMITER = r#"\benv_nested_delimiter["']?\s*[=:]\s*["']([^"']*)["']"#;
    CASE = r#"\bcase_sensitive["']?\s*[=:]\s*True"#;
    STRING = r#"["']([^"']+)["']"#;
}

/// A class of any file.
struct Class<'a> {
    code: &'a Code,
    name: String,
    bases: Vec<String>,
    /// The byte range of its body.
    body: (usize, usize),
}

/// Returns the variables of all settings classes.
pub(super) fn variables(files: &[Code]) -> Vec<Variable> {
    let python = files
        .iter()
        .filter(|code| code.language == Language::Python);
    let classes: Vec<Class<'_>> = python.flat_map(classes).collect();
    let mut found = Vec::new();
    for class in classes
        .iter()
        .filter(|class| is_settings(class, &classes, 0))
    {
        let prefix = inherited(class, &classes, &PREFIX, 0).unwrap_or_default();
        let reading = Reading {
            classes: &classes,
            outer: class,
            depth: 0,
        };
        reading.fields(class, &prefix, &mut found);
    }
    found
}

fn classes(code: &Code) -> Vec<Class<'_>> {
    let Some(pattern) = CLASS.as_ref() else {
        return Vec::new();
    };
    let class = |captures: regex::Captures<'_>| {
        let (whole, indent) = (captures.get(0)?, captures.get(1)?.len());
        let name = captures.get(2)?.as_str().to_owned();
        let bases = captures.get(3)?.as_str().split(',');
        let bases = bases.map(|base| base.trim().rsplit('.').next().unwrap_or("").to_owned());
        let body = (whole.end(), end_of_body(code, whole.end(), indent));
        Some(Class {
            code,
            name,
            bases: bases.collect(),
            body,
        })
    };
    pattern
        .captures_iter(&code.bare)
        .filter_map(class)
        .collect()
}

/// Returns where the lines end that are indented deeper than a class.
fn end_of_body(code: &Code, start: usize, indent: usize) -> usize {
    let mut end = start;
    for line in code
        .bare
        .get(start..)
        .unwrap_or_default()
        .split_inclusive('\n')
    {
        let deeper = line.len() - line.trim_start().len() > indent;
        if end > start && !line.trim().is_empty() && !deeper && !line.starts_with([')', ']', '}']) {
            break;
        }
        end += line.len();
    }
    end
}

fn is_settings(class: &Class<'_>, classes: &[Class<'_>], depth: usize) -> bool {
    depth < 8
        && class.bases.iter().any(|base| {
            let parent = || classes.iter().find(|other| other.name == *base);
            base == "BaseSettings"
                || parent().is_some_and(|one| is_settings(one, classes, depth + 1))
        })
}

/// Returns a setting of the class's configuration, its own or a base's.
fn inherited(
    class: &Class<'_>,
    classes: &[Class<'_>],
    pattern: &LazyLock<Option<Regex>>,
    depth: usize,
) -> Option<String> {
    let body = class.code.text.get(class.body.0..class.body.1)?;
    if let Some(captures) = pattern.as_ref()?.captures(body) {
        return Some(captures.get(1).map_or("", |one| one.as_str()).to_owned());
    }
    let parents = classes
        .iter()
        .filter(|other| class.bases.contains(&other.name) && depth < 8);
    parents
        .into_iter()
        .find_map(|parent| inherited(parent, classes, pattern, depth + 1))
}

struct Reading<'a> {
    classes: &'a [Class<'a>],
    /// The settings class whose configuration holds.
    outer: &'a Class<'a>,
    depth: usize,
}

impl Reading<'_> {
    fn fields(&self, class: &Class<'_>, prefix: &str, found: &mut Vec<Variable>) {
        for (start, end) in statements(class) {
            self.field(class, (start, end), prefix, found);
        }
    }

    fn field(
        &self,
        class: &Class<'_>,
        (start, end): (usize, usize),
        prefix: &str,
        found: &mut Vec<Variable>,
    ) -> Option<()> {
        let text = class.code.text.get(start..end)?;
        let bare = class.code.bare.get(start..end)?;
        let captures = FIELD.as_ref()?.captures(bare)?;
        let name = captures.get(1)?;
        let after = captures.get(0)?.end();
        let equals = top_level_equals(bare, after);
        let kind = text.get(after..equals.unwrap_or(bare.len()))?.trim();
        if name.as_str().starts_with('_')
            || name.as_str() == "model_config"
            || kind.contains("ClassVar")
        {
            return None;
        }
        let nested = self.classes.iter().find(|other| {
            kind.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == other.name)
        });
        if let Some(nested) = nested {
            // A settings class reads its own variables; a model's fields need a delimiter.
            let delimiter = inherited(self.outer, self.classes, &DELIMITER, 0);
            if let Some(delimiter) = delimiter.filter(|_| self.depth < 8)
                && !is_settings(nested, self.classes, 0)
            {
                let prefix = format!("{prefix}{}{delimiter}", name.as_str());
                let deeper = Reading {
                    classes: self.classes,
                    outer: self.outer,
                    depth: self.depth + 1,
                };
                deeper.fields(nested, &prefix, found);
                return None;
            } else if is_settings(nested, self.classes, 0) {
                return None;
            }
        }
        let value = equals.and_then(|at| text.get(at + 1..)).map(str::trim);
        let spec = spec(kind, value);
        let own = spec
            .alias
            .unwrap_or_else(|| format!("{prefix}{}", name.as_str()));
        let sensitive = inherited(self.outer, self.classes, &CASE, 0).is_some();
        let own = if sensitive { own } else { own.to_uppercase() };
        let place = (class.code, start + name.start());
        found.push(variable(
            own,
            spec.default,
            Some(base_type(kind)),
            spec.required,
            place,
        ));
        Some(())
    }
}

/// What a field's value says.
struct Spec {
    default: Option<String>,
    required: bool,
    alias: Option<String>,
}

fn spec(kind: &str, value: Option<&str>) -> Spec {
    let call = |text: &str| {
        let open = text.find("Field(")? + "Field(".len();
        Some(
            literal::arguments(text, &masked(text), open)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        )
    };
    let arguments: Option<Vec<String>> = value
        .and_then(call)
        .or_else(|| kind.starts_with("Annotated").then(|| call(kind)).flatten());
    let plain = value.filter(|value| !value.contains("Field("));
    let Some(arguments) = arguments else {
        return Spec {
            default: plain.and_then(literal::value),
            required: plain.is_none_or(|value| value == "..."),
            alias: None,
        };
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let positional = arguments
        .first()
        .copied()
        .filter(|first| top_level_equals(&masked(first), 0).is_none());
    let given = plain
        .or_else(|| literal::keyword(&arguments, "default"))
        .or(positional);
    let made = literal::keyword(&arguments, "default_factory");
    let alias = ["validation_alias", "alias", "env"]
        .iter()
        .find_map(|key| literal::keyword(&arguments, key))
        .and_then(|value| Some(STRING.as_ref()?.captures(value)?[1].to_owned()));
    let default = given
        .and_then(literal::value)
        .or_else(|| made.and_then(|made| literal::value(made.strip_prefix("lambda:")?)));
    Spec {
        default,
        required: given.is_none_or(|value| value == "...") && made.is_none(),
        alias,
    }
}

/// Returns the type without `Annotated[…, …]`.
fn base_type(kind: &str) -> String {
    let inner = kind
        .strip_prefix("Annotated[")
        .and_then(|rest| rest.split(',').next());
    inner.unwrap_or(kind).trim().to_owned()
}

/// Returns a text with what its strings hold blanked, each byte in its place.
fn masked(text: &str) -> String {
    let mut quote: Option<char> = None;
    let mut out = String::new();
    for character in text.chars() {
        let edge = quote.is_none_or(|open| open == character);
        if "\"'".contains(character) && edge {
            quote = if quote.is_some() {
                None
            } else {
                Some(character)
            };
            out.push(character);
        } else if quote.is_some() {
            out.push_str(&" ".repeat(character.len_utf8()));
        } else {
            out.push(character);
        }
    }
    out
}

fn top_level_equals(bare: &str, from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, byte) in bare.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 => return Some(index),
            _ => {}
        }
    }
    None
}

/// Returns the statements at the class's own level, each to the end of its brackets.
fn statements(class: &Class<'_>) -> Vec<(usize, usize)> {
    let (start, end) = class.body;
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut level: Option<usize> = None;
    let mut depth = 0_usize;
    let mut at = start;
    for line in class
        .code
        .bare
        .get(start..end)
        .unwrap_or_default()
        .split_inclusive('\n')
    {
        let indent = line.len() - line.trim_start().len();
        let own = depth == 0 && !line.trim().is_empty() && *level.get_or_insert(indent) == indent;
        if own {
            found.push((at, at + line.len()));
        } else if depth > 0
            && let Some(last) = found.last_mut()
        {
            last.1 = at + line.len();
        }
        for byte in line.bytes() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::code::Code;
    use std::sync::Arc;

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let code = Code::new("src/config.py", &Arc::from(source)).unwrap();
        let found: Vec<_> = super::variables(&[code])
            .iter()
            .map(|one| {
                let default = one.default.as_ref().map(|text| format!("={text}"));
                let required = if one.required { "!" } else { "" };
                let secret = if one.secret.is_some() { "*" } else { "" };
                let default = default.unwrap_or_default();
                format!(
                    "{}{default}{required}{secret}:{}",
                    one.name, one.origin.line
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn fields_are_variables_with_their_class_s_prefix() {
        check(
            "class Db(BaseSettings):\n    \"\"\"url: str\"\"\"\n    model_config = \
             SettingsConfigDict(env_prefix=\"DB_\")\n\n    host: str\n    port: int = 5432\n    \
             password: SecretStr = Field(...)\n\n    @property\n    def url(self) -> str:\n        \
             x: int = 1\n\nclass Settings(BaseSettings):\n    mode: str = Field(\n        \
             default='live',\n        alias='APP_MODE',\n    )\n    db: Db = \
             Field(default_factory=Db)\n",
            &[
                "DB_HOST!:5",
                "DB_PORT=5432:6",
                "DB_PASSWORD!*:7",
                "APP_MODE=live:14",
            ],
        );
    }

    #[test]
    fn nested_models_need_a_delimiter() {
        check(
            "class Ari(BaseModel):\n    host: str = 'pbx'\nclass S(BaseSettings):\n    ari: Ari = \
             Ari()\n    class Config:\n        env_prefix = 'CC_'\n        env_nested_delimiter = '__'\n",
            &["CC_ARI__HOST=pbx:2"],
        );
    }
}
