use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Value, json};

use super::{Conflict, Merged, Prefer, Side, Versions, Why, merge, tree};
use crate::manifest::yaml_text;

const BASE: &str = "\
# Written by orch for task 4.2.1 of phase 4: the api
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  labels:
    app: api
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: api
          image: api:1
          env:
            - name: A
              value: \"1\"
            - name: B
              value: \"2\"
          args:
            - serve
            - --port=80
---
apiVersion: v1
kind: Service
metadata:
  name: api
spec:
  ports:
    - name: http
      port: 80
";

fn between(base: Option<&str>, theirs: &str, ours: &str, prefer: Prefer) -> Merged {
    let versions = Versions { base, theirs, ours };
    merge("k8s/api.yml", &versions, prefer)
}

/// Returns the base with each of these texts replaced; all of them are in it.
#[track_caller]
fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is in {text}");
        text.replacen(from, to, 1)
    })
}

type Edits<'a> = &'a [(&'a str, &'a str)];

/// The person makes some edits, orch others: the merge has both.
#[track_caller]
fn check(theirs: Edits<'_>, ours: Edits<'_>, expected: Edits<'_>) {
    let merged = between(Some(BASE), &edited(theirs), &edited(ours), Prefer::Neither);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.text, edited(expected));
}

#[track_caller]
fn check_conflict(theirs: Edits<'_>, ours: Edits<'_>, place: &str, sides: [&str; 3]) {
    let mine = edited(theirs);
    let merged = between(Some(BASE), &mine, &edited(ours), Prefer::Neither);
    let side = |text: &str| match text {
        "" => Side::Absent,
        text => Side::Is(text.to_owned()),
    };
    let [written, found, wanted] = sides.map(side);
    let expected = Conflict {
        place: place.to_owned(),
        why: Why::Both,
        written,
        found,
        wanted,
    };
    assert_eq!(merged.conflicts, [expected]);
    assert_eq!(merged.text, mine, "theirs stays in its place");
    let kept = between(Some(BASE), &mine, &edited(ours), Prefer::Theirs);
    assert_eq!((kept.text, kept.conflicts), (mine, Vec::new()));
}

#[test]
fn changes_of_different_fields_come_together_with_comments_and_form() {
    check(
        &[
            ("replicas: 2\n", "replicas: 3 # for the evening\n"),
            ("app: api\n", "app:   'api'\n    team: voice\n"),
        ],
        &[("image: api:1", "image: api:2")],
        &[
            ("replicas: 2\n", "replicas: 3 # for the evening\n"),
            ("app: api\n", "app:   'api'\n    team: voice\n"),
            ("image: api:1", "image: api:2"),
        ],
    );
}

#[test]
fn a_comment_behind_a_value_stays_when_the_value_changes() {
    check(
        &[("port: 80\n", "port: 80 # the usual one\n")],
        &[("port: 80\n", "port: 8080\n")],
        &[("port: 80\n", "port: 8080 # the usual one\n")],
    );
}

#[test]
fn list_items_are_known_by_their_names() {
    check(
        &[(
            "            - name: B\n",
            "            # ours\n            - name: C\n              value: c\n            - name: B\n",
        )],
        &[(
            "            - name: B\n              value: \"2\"\n",
            "            - name: B\n              value: two\n            - name: D\n              value: d\n",
        )],
        &[(
            "            - name: B\n              value: \"2\"\n",
            "            # ours\n            - name: C\n              value: c\n            - name: B\n              value: two\n            - name: D\n              value: d\n",
        )],
    );
}

#[test]
fn what_orch_takes_away_goes_and_its_comment_stays() {
    check(
        &[("value: \"1\"\n", "value: \"1\" # why one\n")],
        &[("            - name: A\n              value: \"1\"\n", "")],
        &[(
            "            - name: A\n              value: \"1\"\n",
            "            # why one\n",
        )],
    );
}

#[test]
fn what_a_person_takes_away_stays_away() {
    let service = "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: api\nspec:\n  ports:\n    - name: http\n      port: 80\n";
    check(
        &[(service, ""), ("  replicas: 2\n", "")],
        &[("image: api:1", "image: api:2")],
        &[
            (service, ""),
            ("  replicas: 2\n", ""),
            ("image: api:1", "image: api:2"),
        ],
    );
}

#[test]
fn documents_are_added_by_either_side() {
    let mine = "---\n# mine\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: mine}\n";
    let new = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n";
    let theirs = format!("{BASE}{mine}");
    let ours = edited(&[("---\n", &format!("{new}---\n"))]);
    let merged = between(Some(BASE), &theirs, &ours, Prefer::Neither);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.text, format!("{ours}{mine}"));
}

#[test]
fn a_document_that_orch_drops_goes() {
    let (first, _) = BASE.split_once("---\n").expect("two documents");
    let theirs = edited(&[("replicas: 2", "replicas: 5")]);
    let merged = between(Some(BASE), &theirs, first, Prefer::Neither);
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.text, first.replace("replicas: 2", "replicas: 5"));
}

#[test]
fn what_goes_to_another_namespace_takes_what_was_changed_along() {
    let service = "kind: Service\nmetadata:\n  name: api\n  namespace: alpha\nspec:\n  a: 1\n";
    let pod = service.replace("Service", "Pod");
    let base = format!("{service}---\n{pod}");
    let theirs = base.replacen("a: 1", "a: 2", 1);
    let ours = base.replace("alpha", "beta");
    let merged = between(Some(&base), &theirs, &ours, Prefer::Neither);
    assert_eq!(merged.text, ours.replacen("a: 1", "a: 2", 1));
    assert!(merged.conflicts.is_empty(), "{merged:?}");
    // An object of the person's own in the one namespace and orch's in the other are two.
    let both = format!("{theirs}---\n{}", service.replace("alpha", "beta"));
    let merged = between(Some(&base), &both, &ours, Prefer::Theirs);
    assert_eq!(merged.text.matches("kind: Service").count(), 2);
}

#[test]
fn what_both_change_is_a_conflict() {
    check_conflict(
        &[("replicas: 2", "replicas: 3")],
        &[("replicas: 2", "replicas: 4")],
        "Deployment/api: spec.replicas",
        ["2", "3", "4"],
    );
    check_conflict(
        &[("  replicas: 2\n", "")],
        &[("replicas: 2", "replicas: 4")],
        "Deployment/api: spec.replicas",
        ["2", "", "4"],
    );
    check_conflict(
        &[("image: api:1", "image: mine")],
        &[("image: api:1", "image: api:2")],
        "Deployment/api: spec.template.spec.containers[api].image",
        ["api:1", "mine", "api:2"],
    );
}

#[test]
fn a_list_whose_items_have_no_names_is_one_value() {
    check_conflict(
        &[("- --port=80", "- --port=81")],
        &[("- serve", "- run")],
        "Deployment/api: spec.template.spec.containers[api].args",
        [
            "- serve\n- --port=80",
            "- serve\n- --port=81",
            "- run\n- --port=80",
        ],
    );
}

#[test]
fn without_what_was_written_every_difference_is_a_conflict() {
    let theirs = edited(&[("replicas: 2", "replicas: 3"), ("app: api", "app: web")]);
    let merged = between(None, &theirs, BASE, Prefer::Neither);
    let places: Vec<&str> = merged
        .conflicts
        .iter()
        .map(|conflict| conflict.place.as_str())
        .collect();
    assert_eq!(
        places,
        [
            "Deployment/api: metadata.labels.app",
            "Deployment/api: spec.replicas"
        ]
    );
    assert!(merged.conflicts.iter().all(|it| it.why == Why::NoBase));
    let other_form = BASE.replace("replicas: 2", "replicas:   2 # two");
    let same = between(None, &other_form, BASE, Prefer::Neither);
    assert_eq!((same.text, same.conflicts), (other_form, Vec::new()));
}

#[test]
fn orchs_header_follows_unless_a_person_changed_it() {
    let now = edited(&[("task 4.2.1", "task 4.2.2")]);
    let theirs = edited(&[("replicas: 2", "replicas: 3")]);
    let merged = between(Some(BASE), &theirs, &now, Prefer::Neither);
    assert_eq!(merged.text, now.replace("replicas: 2", "replicas: 3"));
    let own = edited(&[("# Written by orch", "# Mind this. Written by orch")]);
    let merged = between(Some(BASE), &own, &now, Prefer::Neither);
    assert_eq!(merged.text, own);
}

#[test]
fn line_ends_stay_the_persons() {
    let theirs = edited(&[("replicas: 2", "replicas: 3")]).replace('\n', "\r\n");
    let ours = edited(&[("image: api:1", "image: api:2")]);
    let merged = between(Some(BASE), &theirs, &ours, Prefer::Neither);
    let expected = edited(&[
        ("replicas: 2", "replicas: 3"),
        ("image: api:1", "image: api:2"),
    ]);
    assert_eq!(merged.text, expected.replace('\n', "\r\n"));
}

#[test]
fn braces_brackets_and_aliases_are_edited_in_their_own_form() {
    let base = "a: {x: 1, y: 2}\nb: [1, 2]\nc:\n  x: 1\nd: {}\n";
    let theirs = "a: {x: 1, y: 2, z: 3}\nb: [1, 2] # two\nc: &c\n  x: 1\nd: {}\ne: *c\n";
    let ours = "a: {x: 5, w: 4}\nb: [1, 2, 3]\nc:\n  x: 1\nd:\n  k: v\n";
    let merged = between(Some(base), theirs, ours, Prefer::Neither);
    assert_eq!(merged.conflicts, []);
    assert_eq!(
        merged.text,
        "a: {x: 5, \"w\": 4, z: 3}\nb: [1,2,3] # two\nc: &c\n  x: 1\nd:\n  k: v\ne: *c\n"
    );
}

#[test]
fn what_an_alias_shares_is_left_to_a_person() {
    let base = "c:\n  x: 1\ne: 1\n";
    let theirs = "c: &c\n  x: 1\ne: 1\nf: *c\n";
    let ours = "c:\n  x: 2\ne: 1\n";
    let merged = between(Some(base), theirs, ours, Prefer::Neither);
    assert_eq!(merged.text, theirs);
    assert!(merged.conflicts.iter().all(|it| it.why == Why::Form));
    assert_eq!(merged.conflicts.len(), 1);
}

#[test]
fn a_broken_file_is_left_to_a_person() {
    let merged = between(Some(BASE), "a: [1\n", BASE, Prefer::Theirs);
    assert_eq!(merged.text, "a: [1\n");
    assert!(matches!(merged.conflicts[0].why, Why::Unreadable(_)));
}

#[test]
fn a_secrets_value_is_neither_kept_nor_shown() {
    let base =
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  PASSWORD: CHANGE_ME\n";
    let theirs = base.replace("CHANGE_ME", "hunter2");
    for prefer in [Prefer::Neither, Prefer::Theirs] {
        let merged = between(Some(base), &theirs, base, prefer);
        assert_eq!(merged.conflicts.len(), 1);
        assert_eq!(merged.conflicts[0].why, Why::Secret);
        assert_eq!(merged.conflicts[0].place, "Secret/db: stringData.PASSWORD");
        assert!(!format!("{:?}", merged.conflicts).contains("hunter2"));
    }
    let ours = base.replace(
        "PASSWORD: CHANGE_ME",
        "PASSWORD: CHANGE_ME\n  KEY: CHANGE_ME",
    );
    let merged = between(None, &theirs, &ours, Prefer::Neither);
    assert!(!format!("{:?}", merged.conflicts).contains("hunter2"));
}

#[test]
fn other_files_are_merged_line_by_line() {
    let lines = |base, theirs, ours, prefer| {
        let versions = Versions { base, theirs, ours };
        merge("k8s/README.md", &versions, prefer)
    };
    let base = "# a\n\none\n\ntwo\n\nthree\n";
    let merged = lines(
        Some(base),
        "# a\n\none, mine\n\ntwo\n\nthree\n",
        "# a\n\none\n\ntwo\n\nfour\n",
        Prefer::Neither,
    );
    assert_eq!(merged.text, "# a\n\none, mine\n\ntwo\n\nfour\n");
    let theirs = "# a\n\none\n\nmine\n\nthree\n";
    let ours = "# a\n\none\n\nours\n\nthree\n";
    let both = lines(Some(base), theirs, ours, Prefer::Neither);
    assert_eq!(both.text, theirs, "no marks are written");
    assert_eq!(both.conflicts.len(), 1);
    assert_eq!(both.conflicts[0].place, "line 5");
    assert_eq!(both.conflicts[0].written, Side::Is("two".to_owned()));
    assert_eq!(both.conflicts[0].found, Side::Is("mine".to_owned()));
    assert_eq!(both.conflicts[0].wanted, Side::Is("ours".to_owned()));
    assert_eq!(lines(Some(base), theirs, ours, Prefer::Ours).text, ours);
    assert_eq!(lines(None, theirs, ours, Prefer::Theirs).text, theirs);
}

/// What containers and their like look like, small.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0..9_u8).prop_map(Value::from),
        "[a-c]{1,3}".prop_map(Value::from),
        Just(Value::from("two\nlines\n")),
        Just(Value::from("# no comment: x")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let keys = "[a-d]";
        prop_oneof![
            prop::collection::vec("[a-c]{1,3}", 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys, inner.clone(), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            prop::collection::btree_map("[a-d]", inner, 0..4).prop_map(|map| {
                let item = |(name, value): (String, Value)| json!({"name": name, "of": value});
                map.into_iter().map(item).collect()
            }),
        ]
    })
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-d]", value(), 1..4)
        .prop_map(|map| json!({ "kind": "X", "metadata": {"name": "x"}, "spec": Value::Object(map.into_iter().collect()) }))
}

/// Returns the text as a person could have it: with comments above and behind some lines.
fn commented(text: &str, places: &[u8]) -> String {
    let mut out = String::new();
    let mut block = false;
    for (at, line) in text.lines().enumerate() {
        let place = places.get(at % places.len().max(1)).copied().unwrap_or(0);
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let plain = !block && !line.contains(['|', '"']);
        block = line.ends_with('|')
            || (block && line.trim_start().starts_with("lines"))
            || line.trim() == "two";
        if plain && place % 3 == 1 && line.trim() != "two" {
            out.extend([indent.as_str(), "# above ", at.to_string().as_str(), "\n"]);
        }
        out += line;
        if plain && place % 3 == 2 && line.trim() != "two" && line.trim() != "lines" {
            out.extend([" # behind ", at.to_string().as_str()]);
        }
        out.push('\n');
    }
    out
}

fn says(text: &str) -> Vec<Value> {
    let documents = tree::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    documents.values
}

fn comments(text: &str) -> Vec<String> {
    let documents = tree::parse(text).expect("it is YAML");
    let mut found: Vec<String> = Vec::new();
    for document in &documents.all {
        let part = text.get(document.span.clone()).expect("a span");
        let of = |it: &std::ops::Range<usize>| part.get(it.clone()).expect("a span").trim_end();
        found.extend(document.comments.iter().map(|it| of(it).to_owned()));
    }
    found.sort();
    found
}

proptest! {
    #[test]
    fn with_one_side_unchanged_the_other_is_the_merge(base in document(), other in document(), places in prop::collection::vec(any::<u8>(), 7)) {
        let (base, other) = (yaml_text(&base), yaml_text(&other));
        let mine = commented(&other, &places);
        let ours = between(Some(&base), &base, &mine, Prefer::Neither);
        assert_eq!((ours.text, ours.conflicts), (mine.clone(), Vec::new()));
        let theirs = between(Some(&base), &mine, &base, Prefer::Neither);
        assert_eq!((theirs.text, theirs.conflicts), (mine, Vec::new()));
    }

    #[test]
    fn what_a_person_only_commented_becomes_what_orch_wants(base in document(), ours in document(), places in prop::collection::vec(any::<u8>(), 7)) {
        let (base, ours) = (yaml_text(&base), yaml_text(&ours));
        let theirs = commented(&base, &places);
        let merged = between(Some(&base), &theirs, &ours, Prefer::Neither);
        assert_eq!(comments(&merged.text), comments(&theirs), "{}", merged.text);
        if merged.conflicts.is_empty() {
            assert_eq!(says(&merged.text), says(&ours));
        } else {
            assert!(merged.conflicts.iter().all(|it| it.why == Why::Form), "{:?}", merged.conflicts);
        }
    }

    #[test]
    fn merging_again_changes_nothing_and_no_comment_is_lost(base in document(), theirs in document(), ours in document(), places in prop::collection::vec(any::<u8>(), 7)) {
        let (base, ours) = (yaml_text(&base), yaml_text(&ours));
        let theirs = commented(&yaml_text(&theirs), &places);
        let once = between(Some(&base), &theirs, &ours, Prefer::Neither);
        assert_eq!(comments(&once.text), comments(&theirs), "{}", once.text);
        let twice = between(Some(&base), &once.text, &ours, Prefer::Neither);
        assert_eq!(twice.text, once.text);
        assert_eq!(twice.conflicts, once.conflicts);
        // Once merged, the next merge is against what orch wanted then.
        let next = between(Some(&ours), &once.text, &ours, Prefer::Neither);
        assert_eq!((next.text, next.conflicts), (once.text, Vec::new()));
    }

    #[test]
    fn who_prefers_orch_gets_what_it_wants(base in document(), theirs in document(), ours in document()) {
        let (base, theirs, ours) = (yaml_text(&base), yaml_text(&theirs), yaml_text(&ours));
        let merged = between(Some(&base), &theirs, &ours, Prefer::Ours);
        assert!(merged.conflicts.iter().all(|it| it.why == Why::Form), "{:?}", merged.conflicts);
    }
}
