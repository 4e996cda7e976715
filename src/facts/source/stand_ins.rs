//! Which files only stand for what the application has: tests, mocks, samples, stories.

use super::super::paths;

/// Folders of what only stands for the application's own.
const FOLDERS: &[&str] = &[
    ".storybook",
    "__mocks__",
    "demo",
    "demos",
    "docs",
    "example",
    "examples",
    "loadtest",
    "loadtests",
    "playground",
    "sandbox",
    "snippets",
    "storybook",
];

/// Folders that are such ones where nothing is above them: a laboratory has samples of its own.
const OUTERMOST: &[&str] = &["sample", "samples"];

/// Words in the name of such a folder: `mock-server`, `e2e_tests`.
const WORDS: &[&str] = &[
    "cypress",
    "e2e",
    "fake",
    "fakes",
    "mock",
    "mocks",
    "playwright",
    "stub",
    "stubs",
    "test",
    "tests",
];

/// Returns whether a file is named like one of tests.
pub(super) fn is_named_test(path: &str) -> bool {
    let name = paths::file_name(path);
    let stem = name.split('.').next().unwrap_or_default();
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
        || name.contains(".test.")
        || name.contains(".spec.")
        || name.ends_with("_spec.rb")
}

/// Returns whether a file is one of tests, by its name or its folder.
fn is_test(path: &str) -> bool {
    let tests = ["__tests__", "fixtures", "spec", "test", "testdata", "tests"];
    let folder = paths::folder(path);
    let class = || is_test_class(paths::file_name(path));
    is_named_test(path) || class() || folder.split('/').any(|part| tests.contains(&part))
}

/// Returns whether a file is named like a class of tests: `ShipmentServiceTest.java`.
pub(super) fn is_test_class(file: &str) -> bool {
    let classes = ["java", "kt", "cs", "php", "groovy", "scala"];
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return false;
    };
    let lower = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    let ends = ["Test", "Tests", "TestCase", "IT", "Spec"];
    let mut ended = ends.iter().filter_map(|end| stem.strip_suffix(end));
    classes.contains(&extension) && ended.any(|it| it.ends_with(lower))
}

/// Returns whether a file only stands for what the application has: a test, a mock, a sample.
pub fn is_stand_in(path: &str) -> bool {
    let named = |part: &str| {
        let mut words = part.split(['-', '_', '.']);
        FOLDERS.contains(&part) || words.any(|word| WORDS.contains(&word))
    };
    let folder = paths::folder(path).to_ascii_lowercase();
    let mut parts = folder.split('/');
    let outermost = parts
        .clone()
        .next()
        .is_some_and(|it| OUTERMOST.contains(&it));
    is_test(path) || is_named_stand_in(path) || outermost || parts.any(named)
}

/// Returns whether a file is named like a mock, or like a story that shows a component.
fn is_named_stand_in(path: &str) -> bool {
    let name = paths::file_name(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let mut middle = name.split('.').skip(1);
    stem.starts_with("mock_")
        || stem.ends_with("_mock")
        || middle.any(|it| ["mock", "stories", "story"].contains(&it))
}

#[cfg(test)]
mod tests {
    use super::is_stand_in;

    #[test]
    fn tests_mocks_and_stories_stand_in_for_the_application() {
        for path in [
            "web/mock-server/server.ts",
            "web/src/stories/BranchSelector.stories.tsx",
            "web/e2e/helpers.tsx",
            "web/cypress/support/useLoans.ts",
            "docs/snippets/fines.sql",
            "internal/queue/fake_test.go",
            "internal/queue/mock_publisher.go",
            "src/integration-tests/run.py",
            "Fakes/Clock.cs",
            "samples/client.py",
        ] {
            assert!(is_stand_in(path), "{path}");
        }
        for path in [
            "src/stories/story.ts",
            "src/latest/a.py",
            "services/contest/main.go",
            "src/documents/a.py",
            "backend/samples/models.py",
        ] {
            assert!(!is_stand_in(path), "{path}");
        }
    }
}
