//! `orch check --sarif`, held to the schema of SARIF 2.1.0 and to what code hosts need.

use jsonschema::Validator;
use orch::check::RULES;
use serde_json::{Value, json};

use super::problems::{CHECKLIST, ODD, odd};
use crate::harness::workspace::Workspace;

const SCHEMA: &str = include_str!("../sarif/schema-2.1.0.json");

fn validator() -> Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    // Its pattern of languages has a bracket too many, which only ECMAScript takes for a letter.
    for owner in ["run", "toolComponent"] {
        let language = format!("/definitions/{owner}/properties/language");
        let language = schema.pointer_mut(&language);
        let language = language.and_then(Value::as_object_mut);
        language.expect("it is there").remove("pattern");
    }
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).expect("the schema is one")
}

/// Returns the document that a workspace gives.
#[track_caller]
fn sarif(workspace: &Workspace) -> Value {
    let said = workspace.orch(&["check", "--sarif"]).stdout;
    serde_json::from_str(&said).expect("JSON")
}

#[track_caller]
fn check_valid(validator: &Validator, sarif: &Value) {
    let errors = validator.iter_errors(sarif);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0], "{sarif:#}");
}

fn results(sarif: &Value) -> &Vec<Value> {
    sarif["runs"][0]["results"].as_array().expect("results")
}

/// The workspaces of the examples of all rules.
fn examples() -> Vec<(&'static str, Workspace)> {
    let workspace = |files: &[(&str, &str)]| {
        let mut workspace = Workspace::new();
        for (path, text) in files {
            workspace = workspace.file(path, text);
        }
        workspace
    };
    let rules = RULES.iter();
    let rules = rules.map(|rule| (rule.name, workspace(rule.example.files)));
    rules.collect()
}

#[test]
fn the_schema_is_met_by_every_rule() {
    let validator = validator();
    let mut related = 0;
    for (rule, workspace) in examples() {
        let sarif = sarif(&workspace);
        check_valid(&validator, &sarif);
        let found = results(&sarif);
        assert!(
            found.iter().any(|it| it["ruleId"] == rule),
            "{rule}: {sarif:#}"
        );
        for result in found {
            check_for_hosts(&sarif, result);
            related += result["relatedLocations"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(related >= 3, "some rules are about two places");
    check_valid(&validator, &sarif(&Workspace::new()));
    // The schema does refuse.
    let mut wrong = sarif(&odd());
    check_valid(&validator, &wrong);
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    wrong["runs"][0]["results"][1]["extra"] = true.into();
    assert_eq!(validator.iter_errors(&wrong).count(), 2);
}

/// Asserts what GitHub's code scanning needs besides: a place with a relative path, a rule with
/// texts, and a fingerprint.
#[track_caller]
fn check_for_hosts(sarif: &Value, result: &Value) {
    let run = &sarif["runs"][0];
    let index = result["ruleIndex"].as_u64().expect("a known rule");
    let rule = &run["tool"]["driver"]["rules"][usize::try_from(index).expect("small")];
    assert_eq!(rule["id"], result["ruleId"]);
    for text in ["shortDescription", "fullDescription", "help"] {
        let text = rule[text]["text"].as_str().expect("a text");
        assert!(!text.is_empty() && text.len() <= 1024, "{text}");
    }
    assert!(
        !result["message"]["text"]
            .as_str()
            .expect("a text")
            .is_empty()
    );
    let physical = &result["locations"][0]["physicalLocation"];
    let artifact = &physical["artifactLocation"];
    let uri = artifact["uri"].as_str().expect("a URI");
    assert!(
        uri.is_ascii() && !uri.starts_with('/') && !uri.contains(':'),
        "{uri}"
    );
    assert!(
        run["originalUriBaseIds"]
            .get(artifact["uriBaseId"].as_str().expect("a base"))
            .is_some()
    );
    let number = |key: &str| physical["region"][key].as_u64().expect(key);
    let (start, end) = (
        (number("startLine"), number("startColumn")),
        (number("endLine"), number("endColumn")),
    );
    assert!(start <= end && start >= (1, 1), "{physical}");
    let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str();
    let (hash, count) = print
        .and_then(|it| it.split_once(':'))
        .expect("a fingerprint");
    assert!(u64::from_str_radix(hash, 16).is_ok() && count.parse::<u32>().is_ok());
}

#[test]
fn places_count_utf_16_units_and_bytes() {
    let sarif = sarif(&odd());
    assert_eq!(sarif["runs"][0]["columnKind"], "utf16CodeUnits");
    let text = "# Phase 1: A\n\n- [ ] Ask 🚀 Ada <!-- orch: nope -->\n";
    let workspace = Workspace::new().file("checklists/a b/phase-01-ф.md", text);
    let sarif = self::sarif(&workspace);
    let physical = &results(&sarif)[0]["locations"][0]["physicalLocation"];
    assert_eq!(
        physical["artifactLocation"]["uri"],
        "checklists/a%20b/phase-01-%D1%84.md"
    );
    let region = &physical["region"];
    let before = text
        .lines()
        .nth(2)
        .expect("a line")
        .split("nope")
        .next()
        .expect("a start");
    assert_eq!(region["startColumn"], before.encode_utf16().count() + 1);
    assert_eq!(region["byteOffset"], text.find("nope").expect("there"));
}

/// Returns where a line and column, counted in UTF-16 units, lie in a text.
fn offset(text: &str, line: u64, column: u64) -> usize {
    let mut starts = vec![0];
    let ends = text.match_indices(['\r', '\n']);
    let ends = ends.filter(|(at, end)| *end == "\n" || text.as_bytes().get(at + 1) != Some(&b'\n'));
    starts.extend(ends.map(|(at, _)| at + 1));
    let mut at = starts[usize::try_from(line - 1).expect("small")];
    let mut units = 1;
    for letter in text.split_at(at).1.chars() {
        if units == column {
            break;
        }
        units += letter.len_utf16() as u64;
        at += letter.len_utf8();
    }
    at
}

/// Applies the fixes that are beyond doubt, as a reader of the document would.
fn fixed(workspace: &Workspace, sarif: &Value) -> usize {
    let mut changes: Vec<(String, usize, usize, String)> = Vec::new();
    let fixes = results(sarif).iter().filter_map(|it| it.get("fixes"));
    let fixes = fixes.flat_map(|it| it.as_array().expect("a list"));
    for fix in fixes.filter(|fix| fix["properties"]["safe"] == true) {
        let change = &fix["artifactChanges"][0];
        let path = change["artifactLocation"]["uri"].as_str().expect("a URI");
        let replacement = &change["replacements"][0];
        let region = &replacement["deletedRegion"];
        let number = |key: &str| region[key].as_u64().expect(key);
        let text = workspace.read(path);
        let start = offset(&text, number("startLine"), number("startColumn"));
        let end = offset(&text, number("endLine"), number("endColumn"));
        let bytes = (number("byteOffset"), number("byteLength"));
        assert_eq!(
            ((start as u64), (end - start) as u64),
            bytes,
            "both say the same: {region}"
        );
        let new = replacement["insertedContent"]["text"]
            .as_str()
            .expect("a text");
        changes.push((path.to_owned(), start, end, new.to_owned()));
    }
    changes.sort();
    changes.dedup();
    let count = changes.len();
    for (path, start, end, new) in changes.into_iter().rev() {
        let mut text = workspace.read(&path);
        text.replace_range(start..end, &new);
        workspace.write(&path, text);
    }
    count
}

#[test]
fn fixes_give_the_bytes_that_the_program_gives() {
    let mut workspaces = examples();
    workspaces.push(("odd", odd()));
    let mut again = examples();
    again.push(("odd", odd()));
    let mut made = 0;
    for ((name, by_sarif), (_, by_program)) in workspaces.iter().zip(&again) {
        by_program.orch(&["check", "--fix"]);
        for _ in 0..4 {
            made += fixed(by_sarif, &sarif(by_sarif));
        }
        assert_eq!(by_sarif.contents(), by_program.contents(), "{name}");
    }
    assert!(made >= 5, "{made} fixes");
    assert_ne!(workspaces.last().expect("odd").1.read(CHECKLIST), ODD);
}

#[test]
fn what_has_no_place_is_told_at_a_file_that_is_there() {
    let text = "# Phase 1: A\n\n- [ ] Ask\n";
    let workspace = Workspace::new()
        .file("checklists/shop/phase-01-a.md", text)
        .file("checklists/other/phase-01-a.md", text);
    let sarif = sarif(&workspace);
    let found = results(&sarif);
    assert!(!found.is_empty());
    for result in found {
        let physical = &result["locations"][0]["physicalLocation"];
        let uri = physical["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(workspace.has(uri), "{uri}");
        assert_eq!(physical["region"]["startLine"], json!(1));
    }
}
