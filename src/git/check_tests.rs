//! What is refused, and the way out.

use super::super::fixture::Fixture;
use super::*;

#[test]
fn an_owned_path_that_the_user_staged_is_refused() {
    let fixture = Fixture::with_commit();
    fixture.put("README.md", "staged\n");
    fixture.git(&["add", "README.md"]);
    fixture
        .repo()
        .check(&["README.md"], DetachedHead::Refuse)
        .expect("staged as it is on disk");
    fixture.put("README.md", "staged\nand more\n");
    fixture.check_refused("README.md", "`git restore --staged README.md`");
}

#[test]
fn a_merge_in_progress_is_refused() {
    let fixture = Fixture::with_commit();
    fixture.git(&["switch", "--quiet", "-c", "side"]);
    fixture.put("README.md", "side\n");
    fixture.git(&["commit", "--quiet", "-am", "side"]);
    fixture.git(&["switch", "--quiet", "main"]);
    fixture.put("README.md", "main\n");
    fixture.git(&["commit", "--quiet", "-am", "main"]);
    let (merged, _) = fixture.try_git(&["merge", "side"]);
    assert!(!merged);
    fixture.check_refused(
        "a.txt",
        "a merge is in progress; finish it or run `git merge --abort`",
    );
}

#[test]
fn a_detached_head_is_refused_unless_allowed() {
    let fixture = Fixture::with_commit();
    fixture.git(&["switch", "--quiet", "--detach"]);
    fixture.check_refused("a.txt", "HEAD is detached");
    fixture.put("a.txt", "a\n");
    assert!(fixture.commit(&["a.txt"]).created);
}

#[test]
fn a_missing_identity_says_which_command_sets_it() {
    let fixture = Fixture::with_commit();
    fixture.git(&["config", "user.name", ""]);
    fixture.check_refused("a.txt", "run `git config user.name");
}

#[test]
fn a_path_with_a_clean_filter_is_refused() {
    let fixture = Fixture::with_commit();
    fixture.put(
        ".gitattributes",
        "k8s/secrets.yml filter=git-crypt diff=git-crypt\n",
    );
    fixture.check_refused("k8s/secrets.yml", "the filter `git-crypt`");
    fixture
        .repo()
        .check(&["k8s/other.yml"], DetachedHead::Refuse)
        .expect("no filter");
}

#[test]
fn a_path_in_a_submodule_is_refused() {
    let fixture = Fixture::with_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    let entry = format!("160000,{},lib", head.trim());
    fixture.git(&["update-index", "--add", "--cacheinfo", &entry]);
    fixture.check_refused("lib/a.yml", "the submodule `lib`");
}

#[test]
fn ignored_paths_are_known() {
    let fixture = Fixture::with_commit();
    fixture.put(".gitignore", ".orch/\n");
    let repo = fixture.repo();
    assert!(repo.is_ignored(".orch/demo/phase-04.jsonl").expect("asks"));
    assert!(!repo.is_ignored("k8s/a.yml").expect("asks"));
}

#[test]
fn a_bare_repository_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    git2::Repository::init_bare(folder.path()).expect("a repository");
    let error = Repo::open(folder.path())
        .err()
        .expect("refused")
        .to_string();
    assert!(error.contains("bare git repository"), "{error}");
}
