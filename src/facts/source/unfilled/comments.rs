//! What a file says beside its comments: how those are written in each kind of files.
//!
//! Where it can't be told for certain whether something is a comment, such as `#` between quotes, it
//! is taken for none.

use std::sync::Arc;

use super::super::super::paths;
use super::super::code::{Code, Language, without_comments};
use super::begun::is_shells;

/// How comments are written.
#[derive(Debug, Clone, Copy)]
enum Marks {
    /// As in a language that is read as source.
    Like(Language),
    /// From a mark on, to the end of the line.
    Lines {
        /// What the lines begin with that are comments altogether.
        begin: &'static [&'static str],
        /// Whether `#` behind a blank and outside of quotes begins one, too.
        behind: bool,
    },
    /// Between two marks.
    Between(&'static [Region]),
}

/// What stands between two marks: each with its own, in the order in which they are tried.
#[derive(Debug, Clone, Copy)]
struct Region {
    opens: &'static str,
    closes: &'static str,
    holds: Holds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A comment.
    Comment,
    /// What is no comment, though it may look like one.
    Text,
    /// A script.
    Script,
    /// A style sheet.
    Style,
}

const fn region(opens: &'static str, closes: &'static str, holds: Holds) -> Region {
    Region {
        opens,
        closes,
        holds,
    }
}

const fn lines(begin: &'static [&'static str], behind: bool) -> Marks {
    Marks::Lines { begin, behind }
}

const HASHED: Marks = lines(&["#"], false);
const HASHED_BEHIND: Marks = lines(&["#"], true);

const MARKUP: &[Region] = &[
    region("<!--[", "]-->", Holds::Text),
    region("<!--#", "-->", Holds::Text),
    region("<![CDATA[", "]]>", Holds::Text),
    region("<script", "</script>", Holds::Script),
    region("<style", "</style>", Holds::Style),
    region("<!--", "-->", Holds::Comment),
    region("{{--", "--}}", Holds::Comment),
    region("{{!--", "--}}", Holds::Comment),
    region("<%#", "%>", Holds::Comment),
    region("<%--", "--%>", Holds::Comment),
];

const TEMPLATES: &[Region] = &[
    region("<script", "</script>", Holds::Script),
    region("<style", "</style>", Holds::Style),
    region("<!--", "-->", Holds::Comment),
    region("{#", "#}", Holds::Comment),
    region("{% comment %}", "{% endcomment %}", Holds::Comment),
];

const RAZOR: &[Region] = &[
    region("@*", "*@", Holds::Comment),
    region("<!--", "-->", Holds::Comment),
];

const MARKDOWN: &[Region] = &[
    region("```", "```", Holds::Text),
    region("~~~", "~~~", Holds::Text),
    region("`", "`", Holds::Text),
    region("<!--", "-->", Holds::Comment),
];

const STYLES: &[Region] = &[
    region("\"", "\"", Holds::Text),
    region("'", "'", Holds::Text),
    region("url(", ")", Holds::Text),
    region("/*", "*/", Holds::Comment),
];

/// What files are written like, by their endings.
const ENDINGS: &[(&[&str], Marks)] = &[
    (
        &[
            "bash", "conf", "fish", "gql", "graphql", "nix", "ps1", "service", "sh", "timer", "zsh",
        ],
        HASHED,
    ),
    (&["mk", "toml", "yaml", "yml"], HASHED_BEHIND),
    (&["cfg", "ini"], lines(&["#", ";"], false)),
    (&["properties"], lines(&["#", "!"], false)),
    (&["hcl", "tf", "tfvars"], lines(&["#", "//"], false)),
    (
        &[
            "c", "cc", "cpp", "dart", "gradle", "groovy", "h", "hpp", "kts", "proto", "scala",
            "swift",
        ],
        Marks::Like(Language::Java),
    ),
    (
        &[
            "blade.php",
            "config",
            "csproj",
            "ejs",
            "erb",
            "hbs",
            "htm",
            "jsp",
            "plist",
            "props",
            "resx",
            "svelte",
            "svg",
            "targets",
            "vue",
            "xaml",
            "xhtml",
            "xml",
            "xsd",
            "xsl",
        ],
        Marks::Between(MARKUP),
    ),
    (
        &["html", "jinja", "jinja2", "twig"],
        Marks::Between(TEMPLATES),
    ),
    (&["cshtml", "razor"], Marks::Between(RAZOR)),
    (&["markdown", "md"], Marks::Between(MARKDOWN)),
    (&["css", "less", "scss"], Marks::Between(STYLES)),
];

/// What files are written like, by their names without what stands behind a point.
const NAMES: &[(&[&str], Marks)] = &[
    (
        &[
            "caddyfile",
            "codeowners",
            "containerfile",
            "crontab",
            "dockerfile",
            "procfile",
        ],
        HASHED,
    ),
    (
        &["env", "gnumakefile", "justfile", "makefile"],
        HASHED_BEHIND,
    ),
    (&["jenkinsfile"], Marks::Like(Language::Java)),
    (
        &["brewfile", "gemfile", "rakefile", "vagrantfile"],
        Marks::Like(Language::Ruby),
    ),
];

/// Endings of files that show what another one is to be like.
const SHOWING: &[&str] = &[
    ".default",
    ".dist",
    ".example",
    ".sample",
    ".template",
    ".tmpl",
];

/// What looks like a comment and says something to a program.
const DIRECTIVES: &[&str] = &["#!", "# syntax=", "# escape=", "# check="];

/// Returns what a file says beside its comments; nothing where it isn't known how they are written.
pub(super) fn said(path: &str, text: &str) -> Option<String> {
    let script = || (!paths::file_name(path).contains('.') && is_shells(text)).then_some(HASHED);
    let marks = marks(path).or_else(script);
    let code = || Code::new(path, &Arc::from(text));
    let source = marks.is_none().then(code).flatten();
    match marks {
        None => source.map(|code| code.text),
        Some(Marks::Like(language)) => Some(without_comments(language, path, text)),
        Some(Marks::Lines { begin, behind }) => Some(without_lines(text, begin, behind)),
        Some(Marks::Between(regions)) => Some(without_regions(text, regions)),
    }
}

/// Returns whether a file is source whose code says what it does, and no template.
pub(super) fn is_source(path: &str) -> bool {
    marks(path).is_none()
}

/// Returns whether a line says how a file is read, and nothing else.
pub(super) fn is_directive(line: &str) -> bool {
    DIRECTIVES.iter().any(|it| line.starts_with(it))
}

fn marks(path: &str) -> Option<Marks> {
    let lower = path.to_ascii_lowercase();
    let mut name = paths::file_name(&lower);
    while let Some(shown) = SHOWING.iter().find_map(|it| name.strip_suffix(it)) {
        name = shown;
    }
    let ends = |ending: &str| {
        name.strip_suffix(ending)
            .is_some_and(|it| it.ends_with('.'))
    };
    let known = |all: &[(&[&str], Marks)], fits: &dyn Fn(&str) -> bool| {
        let found = all
            .iter()
            .find(|(these, _)| these.iter().any(|it| fits(it)));
        found.map(|(_, marks)| *marks)
    };
    let by_ending = || known(ENDINGS, &ends);
    let called = |it: &str| {
        let behind = name.trim_start_matches('.').strip_prefix(it);
        behind.is_some_and(|it| it.is_empty() || it.starts_with(['.', '-'])) || ends(it)
    };
    let pinned = ends("txt")
        && (["requirements", "constraints"]
            .iter()
            .any(|it| name.contains(it))
            || paths::folder(&lower).ends_with("requirements"));
    let ignored = name.starts_with('.') && name.ends_with("ignore");
    let source = super::super::language(name).is_some() && !ends("blade.php");
    match () {
        () if source => None,
        () if pinned => Some(HASHED_BEHIND),
        () if ignored => Some(HASHED),
        () => by_ending().or_else(|| known(NAMES, &called)),
    }
}

fn without_lines(text: &str, begin: &[&str], behind: bool) -> String {
    // What goes on for several lines may hold the mark of a comment.
    let long = ["\"\"\"", "'''"].iter().any(|it| text.contains(it));
    let mut block = None;
    let mut said = String::new();
    for line in text.lines() {
        let own = line.trim_start();
        let indent = line.len() - own.len();
        if block.is_some_and(|outer| indent <= outer && !own.is_empty()) {
            block = None;
        }
        if begin.iter().any(|it| own.starts_with(it)) && !is_directive(own) {
            continue;
        }
        let plain = behind && !long && block.is_none();
        let kept = if plain { before_hash(line) } else { line };
        if block.is_none() && begins_block(kept) {
            block = Some(indent);
        }
        said.push_str(kept.trim_end());
        said.push('\n');
    }
    said
}

/// Whether YAML's next lines are text: `run: |`, `- >-`.
fn begins_block(line: &str) -> bool {
    let sign = line.trim_end().rsplit(' ').next().unwrap_or_default();
    let rest = sign.strip_prefix(['|', '>']);
    rest.is_some_and(|it| it.chars().all(|it| "+-123456789".contains(it)))
}

/// Returns a line up to a `#` that stands behind a blank and outside of quotes.
fn before_hash(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        let escaped = before == '\\' && quote != Some('\'');
        match quote {
            None if letter == '#' && before.is_whitespace() => {
                return line.get(..at).unwrap_or(line);
            }
            None if "\"'`".contains(letter) && !escaped => quote = Some(letter),
            Some(open) if open == letter && !escaped => quote = None,
            _ => {}
        }
        before = if escaped { ' ' } else { letter };
    }
    line
}

fn without_regions(text: &str, regions: &[Region]) -> String {
    let mut said = String::new();
    let mut rest = text;
    loop {
        let begins = |it: &Region| Some((rest.find(it.opens)?, *it));
        // Of those that begin at the same place, the first one is it.
        let next = regions.iter().filter_map(begins).min_by_key(|(at, _)| *at);
        let Some((at, region)) = next else { break };
        let inside = at + region.opens.len();
        let behind = rest.get(inside..).unwrap_or_default();
        let Some(closes) = behind.find(region.closes) else {
            break;
        };
        let end = inside + closes + region.closes.len();
        said.push_str(rest.get(..at).unwrap_or_default());
        said.push_str(&held(rest.get(at..end).unwrap_or_default(), region));
        rest = rest.get(end..).unwrap_or_default();
    }
    said.push_str(rest);
    said
}

/// Returns what a region says.
fn held(whole: &str, region: Region) -> String {
    let (head, rest) = whole.split_at(whole.find('>').map_or(0, |it| it + 1));
    let without = match region.holds {
        Holds::Comment => return String::new(),
        Holds::Text => return whole.to_owned(),
        Holds::Script => without_comments(Language::Script, "", rest),
        Holds::Style => without_regions(rest, STYLES),
    };
    head.to_owned() + &without
}

#[cfg(test)]
mod tests {
    use super::said;

    #[track_caller]
    fn check(path: &str, text: &str, expected: Option<&str>) {
        let said = said(path, text);
        let lines = said.as_deref().map(|it| {
            let lines = it.lines().map(str::trim_end).filter(|it| !it.is_empty());
            lines.collect::<Vec<_>>().join("\n")
        });
        assert_eq!(lines.as_deref(), expected, "{path}: {text}");
    }

    #[test]
    fn each_kind_of_files_has_its_own_comments() {
        for (path, text, expected) in [
            ("a/.env.example", "# copy to .env\n", ""),
            (
                ".env.production",
                "A=1 # one\nB=\"x # y\"\n",
                "A=1\nB=\"x # y\"",
            ),
            ("prod.env", "A=it's # one\n", "A=it's # one"),
            ("a/Dockerfile.dev", "# later\nFROM a\n", "FROM a"),
            ("dev.Dockerfile", "# later\n", ""),
            (
                "Dockerfile",
                "# syntax=docker/dockerfile:1\n",
                "# syntax=docker/dockerfile:1",
            ),
            (
                "Makefile",
                "#later\nall: # all\n\techo a#b\n",
                "all:\n\techo a#b",
            ),
            ("php.ini", "; later\n# x\na=1;2\n", "a=1;2"),
            (
                "requirements-dev.txt",
                "a==1  # pin\nb @ git+https://c/d#egg=b\n",
                "a==1\nb @ git+https://c/d#egg=b",
            ),
            ("requirements/base.txt", "# none\n", ""),
            ("docs/words.txt", "# none\n", "\0"),
            (
                "build.gradle.kts",
                "// later\nurl = uri(\"https://a\") // x\n",
                "url = uri(\"https://a\")",
            ),
            ("a/build.gradle", "/* later */\n", ""),
            (".dockerignore", "# none\n", ""),
            ("a.css", "a { b: url(//c) } /* d */\n", "a { b: url(//c) }"),
        ] {
            check(path, text, Some(expected).filter(|it| *it != "\0"));
        }
    }

    #[test]
    fn markup_has_comments_between_marks() {
        for (path, text, expected) in [
            ("a.xml", "<!-- later -->\n", ""),
            (
                "a.blade.php",
                "{{-- todo --}}\n<p>it's</p>\n",
                "<p>it's</p>",
            ),
            (
                "a.html",
                "{# x #}\n<p>{{ a }}</p>\n{% comment %} y {% endcomment %}\n",
                "<p>{{ a }}</p>",
            ),
            (
                "App.vue",
                "<!-- dark: later -->\n<script setup>\nconst a = '//b' // c\n</script>\n<style>\n/* d */\n</style>\n",
                "<script setup>\nconst a = '//b'\n</script>\n<style>\n</style>",
            ),
            (
                "A.svelte",
                "{#if a}<b/>{/if}<!-- c -->\n",
                "{#if a}<b/>{/if}",
            ),
            ("a.md", "# A\n<!-- todo -->\n", "# A"),
            (
                "a.md",
                "```html\n<!-- kept -->\n```\n",
                "```html\n<!-- kept -->\n```",
            ),
            (
                "a.md",
                "`<!--` begins and `-->` ends\n",
                "`<!--` begins and `-->` ends",
            ),
            ("a.html", "<!-- begun\n<p>a</p>\n", "<!-- begun\n<p>a</p>"),
            (
                "a.xml",
                "<![CDATA[ <!-- a --> ]]>\n",
                "<![CDATA[ <!-- a --> ]]>",
            ),
        ] {
            check(path, text, Some(expected));
        }
    }

    #[test]
    fn what_may_be_text_is_no_comment() {
        for (path, text) in [
            ("a.yml", "a: \"b # c\"\nurl: http://d#e"),
            ("a.yml", "run: |\n  echo a # b"),
            ("a.yml", "a: don't # b"),
            ("a.toml", "a = \"\"\"\nb # c\n\"\"\""),
            ("a.toml", "a = \"b \\\" # c\""),
            ("a.sh", "echo a # b"),
        ] {
            check(path, text, Some(text));
        }
        check("a.yml", "a: 'b' # c\n", Some("a: 'b'"));
        check(
            "a.yml",
            "a: | # c\n  d # e\nf: 1 # g\n",
            Some("a: |\n  d # e\nf: 1"),
        );
    }
}
