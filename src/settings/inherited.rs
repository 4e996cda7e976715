//! What of a phase's settings holds for the later phases of its set: what manifests are written from,
//! as these write some of them again.

use super::PhaseSettings;

impl PhaseSettings {
    /// Adds what an earlier phase's settings say of manifests and these don't. Where a phase runs, how
    /// long things may take and what commands are given is each phase's own: a cluster that a phase
    /// doesn't name isn't touched.
    ///
    /// Compose files and sources aren't among it: what a phase studies comes before them.
    pub fn inherit(&mut self, earlier: Self) {
        or_default(&mut self.profiles, earlier.profiles);
        or_default(&mut self.ingress, earlier.ingress);
        or_default(&mut self.monitoring, earlier.monitoring);
        add_missing(&mut self.aliases, earlier.aliases);
        add_missing(&mut self.volumes, earlier.volumes);
        // One image for all that is built leaves nothing to add.
        if self.image("*").is_none() {
            add_missing(&mut self.images, earlier.images);
        }
        or_default(&mut self.build, earlier.build);
        for (own, theirs) in [
            (&mut self.secrets.names, earlier.secrets.names),
            (&mut self.secrets.settings, earlier.secrets.settings),
        ] {
            let new: Vec<String> = theirs.into_iter().filter(|it| !own.contains(it)).collect();
            own.extend(new);
        }
        self.priority_class = self.priority_class.take().or(earlier.priority_class);
        self.storage_class = self.storage_class.take().or(earlier.storage_class);
        self.generator = self.generator.or(earlier.generator);
    }
}

fn or_default<T: Default + PartialEq>(own: &mut T, theirs: T) {
    if *own == T::default() {
        *own = theirs;
    }
}

/// Adds what has another name than all that is there.
fn add_missing<T>(own: &mut Vec<(String, T)>, theirs: Vec<(String, T)>) {
    for (name, value) in theirs {
        if own.iter().all(|(known, _)| *known != name) {
            own.push((name, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::PhaseSettings;

    fn settings(text: &str) -> PhaseSettings {
        PhaseSettings::parse("phases/01-a.toml", text).expect("settings")
    }

    #[track_caller]
    fn check(own: &str, earlier: &str, expected: &str) {
        let mut found = settings(own);
        found.inherit(settings(earlier));
        assert_eq!(found, settings(expected));
    }

    #[test]
    fn what_manifests_are_written_from_holds_on() {
        let earlier = "profiles = [\"staging\"]\nstorage_class = \"fast\"\n\
            priority_class = \"shop\"\n[kustomize]\ngenerator = false\n[aliases]\nadmin = \"api\"\n\
            [images]\napi = \"r/api:1\"\n[ingress]\ncontroller = \"traefik\"\n\
            [monitoring]\nnamespace = \"watch\"\n[secrets]\nnames = [\"CODE\"]\n";
        check("", earlier, earlier);
    }

    #[test]
    fn own_words_come_first() {
        check(
            "storage_class = \"slow\"\n[images]\napi = \"r/api:2\"\n",
            "storage_class = \"fast\"\n[images]\napi = \"r/api:1\"\nweb = \"r/web:1\"\n",
            "storage_class = \"slow\"\n[images]\napi = \"r/api:2\"\nweb = \"r/web:1\"\n",
        );
        let all = "[images]\n\"*\" = \"r/{service}:2\"\n";
        check(all, "[images]\napi = \"r/api:1\"\n", all);
    }

    #[test]
    fn where_a_phase_runs_is_its_own() {
        let earlier = "target = \"prod\"\nextras = \"report\"\nstrict = true\nnamespace = \"a\"\n\
            compose = [\"a.yml\"]\n[timeouts]\nready = \"9m\"\n[commands]\nenv = [\"A\"]\n";
        check("", earlier, "");
        check("", "context = \"prod\"\n", "");
    }
}
