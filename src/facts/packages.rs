//! Dependencies that a package's own file lists: `requirements.txt`, `package.json`, `Cargo.toml` and
//! their like.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Tree;
use super::paths::file_name;

static PACKAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->|<dependency>.*?</dependency>").ok());

/// How a file lists dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Requirements,
    PackageJson,
    Composer,
    PyProject,
    Pipfile,
    Cargo,
    GoMod,
    Gemfile,
    Maven,
    Gradle,
    CSharp,
    Mix,
}

fn form(path: &str) -> Option<Form> {
    let file = file_name(path);
    Some(match file {
        "package.json" => Form::PackageJson,
        "composer.json" => Form::Composer,
        "pyproject.toml" => Form::PyProject,
        "Pipfile" => Form::Pipfile,
        "Cargo.toml" => Form::Cargo,
        "go.mod" => Form::GoMod,
        "Gemfile" => Form::Gemfile,
        "pom.xml" => Form::Maven,
        "build.gradle" | "build.gradle.kts" => Form::Gradle,
        "mix.exs" => Form::Mix,
        _ => {
            let (stem, end) = file.rsplit_once('.')?;
            match end {
                "txt" | "in" if stem.contains("requirements") => Form::Requirements,
                "csproj" => Form::CSharp,
                _ => return None,
            }
        }
    })
}

/// Returns whether a file lists the dependencies of a package, by its name.
pub fn lists_dependencies(path: &str) -> bool {
    form(path).is_some()
}

/// Returns the line on which a file lists a dependency.
pub fn dependency(tree: &Tree, path: &str, name: &str) -> Option<usize> {
    let text = tree.get(path)?;
    match form(path)? {
        Form::Requirements => by_line(text, |line| requirement(line) == normal(name)),
        Form::PackageJson => {
            let keys = [
                "dependencies",
                "devDependencies",
                "peerDependencies",
                "optionalDependencies",
            ];
            in_json(text, &keys, name)
        }
        Form::Composer => in_json(text, &["require", "require-dev"], name),
        form @ (Form::PyProject | Form::Pipfile | Form::Cargo) => in_toml(form, text, name),
        Form::GoMod => by_line(text, |line| {
            let line = line.split("//").next().unwrap_or_default();
            let mut words = line.split_whitespace().filter(|it| *it != "require");
            let module = words.next().unwrap_or_default();
            let version = words.next().is_some_and(|it| it.starts_with('v'));
            let ends = || {
                module
                    .strip_suffix(name)
                    .is_some_and(|it| it.ends_with('/'))
            };
            version && (module == name || ends())
        }),
        Form::Gemfile => by_line(text, |line| {
            let rest = line.trim_start().strip_prefix("gem ").unwrap_or_default();
            quoted(rest) == Some(name)
        }),
        Form::Maven => in_maven(text, name),
        Form::Gradle => by_line(text, |line| {
            let line = line.split("//").next().unwrap_or_default();
            let mut all = line.split(['"', '\'']).skip(1).step_by(2);
            all.any(|it| {
                let mut parts = it.split(':');
                let (group, artifact) = (parts.next(), parts.next());
                artifact == Some(name)
                    || group.zip(artifact).is_some_and(|(group, artifact)| {
                        name.split_once(':') == Some((group, artifact))
                    })
            })
        }),
        Form::CSharp => by_line(text, |line| {
            let include = line
                .split_once("<PackageReference")
                .map_or("", |(_, rest)| rest);
            let include = include.split_once("Include=").map_or("", |(_, rest)| rest);
            quoted(include).is_some_and(|it| it.eq_ignore_ascii_case(name))
        }),
        Form::Mix => by_line(text, |line| {
            let line = line.split('#').next().unwrap_or_default();
            line.contains(&format!("{{:{name},"))
        }),
    }
}

fn by_line(text: &str, is: impl Fn(&str) -> bool) -> Option<usize> {
    text.lines().position(is).map(|at| at + 1)
}

/// Returns what stands in the quotes that a text begins with.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|it| "\"'".contains(*it))?;
    text.get(1..)?.split(quote).next()
}

/// Returns the name of what a line of requirements asks for, as names of packages are compared
/// (<https://packaging.python.org/en/latest/specifications/name-normalization/>); nothing for other lines.
fn requirement(line: &str) -> String {
    let line = line.split('#').next().unwrap_or_default().trim();
    let end = line.find(|it: char| !(it.is_alphanumeric() || "-_.".contains(it)));
    normal(line.get(..end.unwrap_or(line.len())).unwrap_or_default())
}

fn normal(name: &str) -> String {
    let name = name.split('[').next().unwrap_or_default();
    let parts = name.split(['-', '_', '.']).filter(|it| !it.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Returns the line that names a key in quotes, where one of these tables has it.
fn in_json(text: &str, tables: &[&str], name: &str) -> Option<usize> {
    let root: Value = serde_json::from_str(text).ok()?;
    let has = |table: &&str| root.get(*table).is_some_and(|it| it.get(name).is_some());
    tables.iter().find(|it| has(it))?;
    by_line(text, |line| line.contains(&format!("\"{name}\"")))
}

/// Returns the line that names a dependency, where one of a file's tables of dependencies has it.
fn in_toml(form: Form, text: &str, name: &str) -> Option<usize> {
    let root: Value = toml::from_str(text).ok()?;
    let python = form != Form::Cargo;
    let same = |it: &str| {
        if python {
            requirement(it) == normal(name)
        } else {
            it == name
        }
    };
    let listed = |value: &Value| match value {
        Value::Object(table) => table.keys().any(|it| same(it)),
        Value::Array(list) => list.iter().filter_map(Value::as_str).any(same),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    let mut found = Vec::new();
    tables(&root, false, &mut found);
    found.into_iter().find(|it| listed(it))?;
    by_line(text, |line| {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split(|it: char| !(it.is_alphanumeric() || "-_.".contains(it)));
        words.any(same)
    })
}

/// Returns the tables and lists of dependencies in a value.
fn tables<'v>(value: &'v Value, inside: bool, found: &mut Vec<&'v Value>) {
    let Value::Object(table) = value else { return };
    for (key, value) in table {
        let key = key.as_str();
        let own = key.ends_with("dependencies") || matches!(key, "packages" | "dev-packages");
        let groups = matches!(key, "optional-dependencies" | "dependency-groups");
        if own && !groups || inside {
            found.push(value);
        }
        tables(value, groups, found);
    }
}

fn in_maven(text: &str, name: &str) -> Option<usize> {
    let (group, artifact) = name
        .split_once(':')
        .map_or((None, name), |(group, it)| (Some(group), it));
    let has = |said: &str, tag: &str, value: &str| {
        let inside = said
            .split_once(&format!("<{tag}>"))
            .map_or("", |(_, rest)| rest);
        inside
            .split("</")
            .next()
            .is_some_and(|it| it.trim() == value)
    };
    let mut all = PACKAGE.iter().flat_map(|it| it.find_iter(text));
    let found = all.find(|it| {
        let said = it.as_str();
        said.starts_with("<dep")
            && has(said, "artifactId", artifact)
            && group.is_none_or(|group| has(said, "groupId", group))
    })?;
    Some(text.get(..found.start())?.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::super::Tree;
    use super::dependency;

    #[track_caller]
    fn check(path: &str, text: &str, name: &str, expected: Option<usize>) {
        let tree: Tree = [(path, text)].into_iter().collect();
        assert_eq!(dependency(&tree, path, name), expected, "{path}: {text}");
    }

    #[test]
    fn what_a_package_lists_is_found_by_its_name() {
        let text = "# alembic\nfastapi==0.110\nSQLAlchemy[asyncio]>=2 # so\n";
        check("requirements.txt", text, "sqlalchemy", Some(3));
        check("requirements.txt", text, "alembic", None);
        check("requirements.txt", text, "fast", None);
        let text = "{\n \"name\": \"pg\",\n \"devDependencies\": {\n  \"vitest\": \"1\"\n }\n}";
        check("web/package.json", text, "vitest", Some(4));
        check("web/package.json", text, "pg", None);
        let text = "[package]\nname = \"axum\"\n\n[dependencies]\ntokio = \"1\"\n";
        check("Cargo.toml", text, "tokio", Some(5));
        check("Cargo.toml", text, "axum", None);
        let text = "[project]\nname = \"x\"\ndependencies = [\n \"httpx>=0.27\",\n]\n\
            [project.optional-dependencies]\ntest = [\"pytest\"]\n";
        check("pyproject.toml", text, "httpx", Some(4));
        check("pyproject.toml", text, "pytest", Some(7));
        check("pyproject.toml", text, "x", None);
        let text = "module a.b/c\n\nrequire (\n\tgithub.com/go-chi/chi/v5 v5.0.1\n\tgithub.com/jackc/pgx v4 // x\n)\n";
        check("go.mod", text, "github.com/go-chi/chi/v5", Some(4));
        check("go.mod", text, "pgx", Some(5));
        check("go.mod", text, "a.b/c", None);
        check(
            "Gemfile",
            "# gem \"puma\"\ngem \"rails\", \"~> 7\"\n",
            "rails",
            Some(2),
        );
        check("Gemfile", "# gem \"puma\"\n", "puma", None);
    }

    #[test]
    fn maven_gradle_and_csharp_list_dependencies() {
        let text = "<project><artifactId>app</artifactId>\n<dependencies>\n<dependency>\n\
            <groupId>org.x</groupId>\n<artifactId>flyway-core</artifactId>\n</dependency>\n\
            <!-- <dependency><artifactId>gone</artifactId></dependency> -->\n</dependencies></project>";
        check("pom.xml", text, "flyway-core", Some(3));
        check("pom.xml", text, "org.x:flyway-core", Some(3));
        check("pom.xml", text, "org.y:flyway-core", None);
        check("pom.xml", text, "app", None);
        check("pom.xml", text, "gone", None);
        let text = "dependencies {\n  implementation(\"io.ktor:ktor-server-core:2.3\")\n  // implementation(\"a:b:1\")\n}\n";
        check("build.gradle.kts", text, "ktor-server-core", Some(2));
        check(
            "build.gradle.kts",
            text,
            "io.ktor:ktor-server-core",
            Some(2),
        );
        check("build.gradle.kts", text, "b", None);
        let text =
            "<ItemGroup>\n <PackageReference Include=\"Serilog\" Version=\"3\" />\n</ItemGroup>";
        check("a/A.csproj", text, "Serilog", Some(2));
        check("a/A.csproj", text, "Seri", None);
    }
}
