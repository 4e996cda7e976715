//! Fields: what a class, a structure or a record says that each of its values has.
//!
//! They are looked for where a line names one of a type, and aren't among the definitions: a field's
//! name alone tells nothing.

use std::ops::Range;

use regex::{Regex, escape};

use super::super::super::Tree;
use super::super::code::{Code, Language, closing};
use super::stub::says_later;
use super::{Definition, Definitions, functions};

/// How a field is written, with `NAME` for its own.
struct Forms {
    /// Outside of functions.
    declared: &'static [&'static str],
    /// Anywhere in the type.
    given: &'static [&'static str],
}

/// Returns the line that a type has a field of that name at.
pub fn field(tree: &Tree, (owner, of): (&str, &Definition), name: &str) -> Option<usize> {
    let code = Code::new(&of.origin.path, tree.get(&of.origin.path)?)?;
    let inside = extent(&code, owner, of)?;
    if code.language == Language::Go {
        return of_go(&code, inside, name);
    }
    let forms = forms(&code, &inside);
    let functions = functions(&code, &super::found(&code));
    let places = |patterns: &[&str]| -> Vec<usize> {
        let patterns = patterns.iter().map(|it| it.replace("NAME", &escape(name)));
        let patterns: Vec<Regex> = patterns.filter_map(|it| Regex::new(&it).ok()).collect();
        let all = patterns.iter().flat_map(|it| it.captures_iter(&code.text));
        let places = all.filter_map(|it| it.get(1)).map(|it| it.start());
        places.filter(|at| inside.contains(at)).collect()
    };
    // A record's own brackets look like a function's.
    let other = |body: &Range<usize>| body.start != of.at + owner.len();
    let alone = |at: &usize| {
        let mut bodies = functions.iter().map(|(_, body)| body);
        !bodies.any(|body| other(body) && body.contains(at))
    };
    let declared = places(forms.declared).into_iter().filter(alone);
    let declared = declared.filter(|at| code.is_code(*at));
    let mut found = declared
        .chain(places(forms.given))
        .filter(|at| !is_to_come(&code, *at));
    let at = found.by_ref().min()?;
    Some(code.origin(at).line)
}

/// Returns where a type's own text stands: its body, with what is between its name and that.
fn extent(code: &Code, owner: &str, of: &Definition) -> Option<Range<usize>> {
    let start = of.at + owner.len();
    // Rust's `impl` blocks begin behind that.
    let parts = Definitions::parts(code, owner, of);
    if let Some(body) = parts.into_iter().find(|it| it.start == start) {
        return Some(body);
    }
    let rest = code.bare.get(start..)?;
    let open = rest.find('(').filter(|open| {
        let between = rest.get(..*open).unwrap_or_default();
        between
            .chars()
            .all(|it| it.is_alphanumeric() || " <>,:?&_\n".contains(it))
    })?;
    Some(start..closing(&code.bare, start + open + 1)?)
}

/// Whether a field's own line says that it is to be made.
fn is_to_come(code: &Code, at: usize) -> bool {
    let rest = code.text.get(at..).unwrap_or_default();
    let end = at + rest.find('\n').unwrap_or(rest.len());
    says_later(code, at..end)
}

/// Whether a class of Python's, whose text begins behind its name, is one of Django's models.
fn is_model_of_django(code: &Code, inside: &Range<usize>) -> bool {
    let head = code.bare.get(inside.clone()).unwrap_or_default();
    let bases = head.lines().next().unwrap_or_default();
    bases.contains("models.Model")
}

fn forms(code: &Code, inside: &Range<usize>) -> Forms {
    let kotlin = [".kt", ".kts"].iter().any(|end| code.path.ends_with(end));
    let (declared, given): (&[&str], &[&str]) = match code.language {
        Language::Python => (
            // Django takes up what is given to the name alone.
            if is_model_of_django(code, inside) {
                &[r"(?m)^[ \t]+(NAME)[ \t]*(?::[^=\n]+)?=[^=]"]
            } else {
                &[r"(?m)^[ \t]+(NAME)[ \t]*(?::|=[^=])"]
            },
            &[r"\bself\.(NAME)\s*(?::[^=\n]+)?=[^=]"],
        ),
        Language::Script => (
            &[
                r"(?m)(?:^|[{;,])[ \t]*(?:@\w+\([^)\n]*\)\s*)*(?:(?:public|private|protected|static|readonly|declare|override)\s+)*#?(NAME)\s*[?!]?\s*[:=;]",
            ],
            &[
                r"\bthis\.#?(NAME)\s*=[^=]",
                r"\b(?:public|private|protected|readonly)\s+(?:readonly\s+)?(NAME)\s*\??:",
            ],
        ),
        Language::Java if kotlin => (&[r"\b(?:val|var)\s+(NAME)\b"], &[]),
        Language::Java => (&[r"[\w>\]?]\s+(NAME)\s*(?:[;,)]|=[^=])"], &[]),
        Language::CSharp => (&[r"[\w>\]?]\s+(NAME)\s*(?:[;,){]|=[^=])"], &[]),
        Language::Rust => (
            &[r"(?m)(?:^|[{,])\s*(?:#\[[^\]\n]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(NAME)\s*:[^:]"],
            &[],
        ),
        Language::Php => (
            &[],
            &[
                r"\b(?:public|private|protected|var|readonly|static)\b[^;(){}=]*\$(NAME)\b",
                r#"\$(?:fillable|casts|guarded)\b[^;]*["'](NAME)["']"#,
            ],
        ),
        Language::Ruby => (
            &[],
            &[
                r"(?m)^[ \t]*(?:attr_accessor|attr_reader|attr_writer|attribute|field|belongs_to|has_one|has_many|property|column)\b[^\n#]*:(NAME)\b",
                r"@(NAME)\s*(?:\|\|)?=[^=]",
            ],
        ),
        // Go's are told by their letters; a table's columns are no fields.
        Language::Go | Language::Sql => (&[], &[]),
    };
    Forms { declared, given }
}

/// The same of a structure of Go's, where `route_id` is `RouteID`, or says so in its tag.
fn of_go(code: &Code, inside: Range<usize>, name: &str) -> Option<usize> {
    let letters = |word: &str| word.replace('_', "").to_lowercase();
    let wanted = letters(name);
    let mut at = inside.start;
    for line in code.text.get(inside)?.split_inclusive('\n') {
        let begins = at;
        at += line.len();
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let typed = words.next().is_some_and(|it| !it.starts_with('{'));
        let start = begins + line.len() - line.trim_start().len();
        let tag = [format!("\"{name}\""), format!("\"{name},")];
        let is_field = typed && first.chars().all(|it| it.is_alphanumeric() || it == '_');
        if is_field
            && code.is_code(start)
            && (letters(first) == wanted || tag.iter().any(|tag| line.contains(tag.as_str())))
        {
            return Some(code.origin(start).line);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use crate::facts::Tree;

    #[track_caller]
    fn check(path: &str, source: &str, field: &str, expected: Option<usize>) {
        let tree: Tree = [(path, source)].into_iter().collect();
        let all = Definitions::of(&tree);
        let owner = all.named("Trip").first().expect("a type");
        let found = super::field(&tree, ("Trip", owner), field);
        assert_eq!(found, expected, "{field} in {source}");
    }

    #[track_caller]
    fn has(path: &str, source: &str) {
        let lines = || source.lines().enumerate();
        let said = |text: &str| lines().find(|(_, it)| it.contains(text));
        let line = said("self.fare").or(said("this.fare")).or(said("fare"));
        check(path, source, "fare", line.map(|(at, _)| at + 1));
        check(path, source, "far", None);
        check(path, source, "toll", None);
    }

    #[test]
    fn fields_of_python_and_scripts_are_declared_or_given() {
        for (path, source) in [
            ("a.py", "class Trip(Base):\n    fare: int\n"),
            (
                "a.py",
                "class Trip(models.Model):\n    fare = models.IntegerField()\n",
            ),
            (
                "a.py",
                "class Trip:\n    def __init__(self, fare):\n        self.fare = fare\n",
            ),
            (
                "a.ts",
                "export interface Trip { id: string; fare?: number }\n",
            ),
            (
                "a.ts",
                "class Trip {\n  constructor(private readonly fare: number) {}\n}\n",
            ),
            (
                "a.ts",
                "@Entity()\nclass Trip {\n  @Column()\n  fare!: number;\n}\n",
            ),
            (
                "a.js",
                "class Trip {\n  constructor(a) {\n    this.fare = a;\n  }\n}\n",
            ),
        ] {
            has(path, source);
        }
    }

    #[test]
    fn fields_of_typed_languages_are_declared() {
        for (path, source) in [
            ("A.kt", "data class Trip(val id: String, val fare: Int)\n"),
            (
                "A.java",
                "class Trip {\n  @Column\n  private BigDecimal fare;\n}\n",
            ),
            ("A.java", "record Trip(String id, int fare) {}\n"),
            (
                "A.cs",
                "class Trip {\n  public decimal fare { get; set; }\n}\n",
            ),
            (
                "a.rs",
                "pub struct Trip {\n    id: u8,\n    pub fare: Option<u64>,\n}\n",
            ),
            (
                "a.go",
                "package a\n\ntype Trip struct {\n\tID string\n\tFare int `json:\"fare\"`\n}\n",
            ),
            (
                "a.php",
                "<?php\nclass Trip {\n  public function __construct(private int $fare) {}\n}\n",
            ),
            (
                "a.php",
                "<?php\nclass Trip extends Model {\n  protected $fillable = ['id', 'fare'];\n}\n",
            ),
            ("a.rb", "class Trip\n  attr_accessor :id, :fare\nend\n"),
        ] {
            has(path, source);
        }
        let go = "package a\n\ntype Trip struct {\n\tRouteID string\n}\n";
        check("a.go", go, "route_id", Some(4));
    }

    #[test]
    fn what_is_to_come_is_no_field_yet() {
        let of = |line: &str| format!("class Trip(models.Model):\n    {line}\n");
        check("a.py", &of("fare: int"), "fare", None);
        check("a.py", &of("fare = None  # TODO"), "fare", None);
        check(
            "a.py",
            &of("fare: int = models.IntegerField()"),
            "fare",
            Some(2),
        );
        let source = "class Trip {\n  fare?: number; // TODO: fill it\n}\n";
        check("a.ts", source, "fare", None);
    }

    #[test]
    fn what_functions_name_is_no_field() {
        for (path, source) in [
            (
                "a.py",
                "class Trip:\n    def pay(self, fare):\n        fare = 1\n        return fare\n",
            ),
            (
                "a.py",
                "class Trip:\n    # fare: int\n    x = 'fare: int'\n\nfare = 1\n",
            ),
            (
                "a.ts",
                "class Trip {\n  pay(a: string, fare: number) {\n    return { fare: 1 };\n  }\n}\n",
            ),
            (
                "A.kt",
                "class Trip {\n  fun pay(fare: Int) {\n    val fare = 1\n  }\n}\n",
            ),
            (
                "A.java",
                "class Trip {\n  void pay(int fare) {\n    int fare = 1;\n  }\n}\n",
            ),
            (
                "a.rs",
                "struct Trip {}\nimpl Trip {\n    fn pay(\n        fare: u8,\n    ) {\n    }\n}\n",
            ),
            (
                "a.php",
                "<?php\nclass Trip {\n  public function pay($fare) { $fare = 1; }\n}\n",
            ),
            (
                "a.go",
                "package a\n\ntype Trip struct {\n\tID string\n}\n\nfunc Fare(fare int) {}\n",
            ),
        ] {
            check(path, source, "fare", None);
        }
    }
}
