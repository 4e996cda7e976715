//! `run --prune`: what a phase applied and the plan doesn't have any more, shown and then deleted
//! once all of the plan is there.

use std::fmt::Write as _;

use super::{Prepared, Result, RunArgs, Stop};
use crate::cluster::Wait;
use crate::execute::{
    Candidate, Consent, Fate, Ledger, Pruning, Report, prune, prune_candidates, settle_gone,
};
use crate::journal::{Event, Failure, Outcome, State, TargetState};
use crate::terminal::{Paint, count, err, printable};

/// What a run is to prune.
pub(super) struct Prune {
    wanted: bool,
    consent: Consent,
    candidates: Vec<Candidate>,
    /// The records of what is gone already.
    settled: Vec<Event>,
}

impl Prune {
    /// Looks for what is superfluous, where the flags ask for it, and shows it.
    pub(super) async fn find(
        prepared: &Prepared<'_>,
        args: &RunArgs,
        state: &State,
    ) -> Result<Self> {
        let consent = consent(&args.delete)?;
        let mut found = Self {
            wanted: args.prune,
            consent,
            candidates: Vec::new(),
            settled: Vec::new(),
        };
        if !args.prune {
            if args.delete.is_empty() {
                return Ok(found);
            }
            return Err(Stop::input("--delete names what --prune may delete")
                .help("add --prune, or leave --delete out"));
        }
        let state = state.target(prepared.target.name());
        let cluster = (!prepared.is_rehearsal()).then_some(&prepared.cluster);
        if let Some(cluster) = cluster {
            found.candidates = prune_candidates(cluster, found.pruning(prepared, state)).await?;
        }
        found.settled = settle_gone(cluster, &prepared.plan, state).await?;
        let unknown = found
            .consent
            .unknown(found.candidates.iter().map(|it| &it.object));
        if !unknown.is_empty() {
            return Err(Stop::input(format!(
                "nothing that could be pruned is called {}",
                unknown.join(", ")
            )));
        }
        err(&text(&found.candidates, prepared.session.err))?;
        Ok(found)
    }

    /// Returns whether there is anything to delete or to record.
    pub(super) fn is_due(&self) -> bool {
        !self.settled.is_empty() || self.going() > 0
    }

    /// Returns how many objects are to be deleted.
    pub(super) fn going(&self) -> usize {
        let goes = |it: &&Candidate| matches!(it.fate, Fate::Goes(_));
        self.candidates.iter().filter(goes).count()
    }

    fn pruning<'a>(
        &'a self,
        prepared: &'a Prepared<'_>,
        state: Option<&'a TargetState>,
    ) -> Pruning<'a> {
        Pruning {
            plan: &prepared.plan,
            application: &prepared.meaning.resolved.application,
            inventory: prepared.inventory(),
            state,
            consent: &self.consent,
        }
    }

    /// Deletes what is superfluous, once everything of the plan is there.
    pub(super) async fn after(
        &self,
        prepared: &Prepared<'_>,
        report: &mut Report,
        ledger: &mut Ledger,
    ) -> Result<()> {
        if !self.wanted || report.outcome != Outcome::Completed {
            return Ok(());
        }
        ledger.append(self.settled.clone())?;
        if prepared.is_rehearsal() {
            return Ok(());
        }
        let name = prepared.target.name();
        let wait = Wait {
            timeout: prepared.how.options.timeout,
            grace: prepared.how.options.grace,
            report: &|_| {},
        };
        let pruning = self.pruning(prepared, None);
        let what = (self.candidates.as_slice(), name);
        let (gone, failed) = prune(&prepared.cluster, pruning, what, ledger, &wait).await?;
        if !gone.is_empty() {
            err(&format!("pruned {}\n", count(gone.len(), "object")))?;
        }
        if !failed.is_empty() {
            report.outcome = Outcome::Failed;
            let failed = failed.into_iter();
            report
                .failed
                .extend(failed.map(|(step, failure)| (step, None, failure)));
            return Ok(());
        }
        self.narrow(prepared, report).await;
        Ok(())
    }

    /// Lets the inventory name only what is in it. One that names more does no harm, so a failure
    /// is told and nothing else.
    async fn narrow(&self, prepared: &Prepared<'_>, report: &mut Report) {
        let stays = self.candidates.iter();
        let stays = stays.filter(|it| matches!(it.fate, Fate::Named(_)));
        let members = prepared.plan.objects().chain(stays.map(|it| &it.object));
        let extent = prepared.cluster.extent(members).await;
        let inventory = prepared.inventory();
        let closed = prepared
            .cluster
            .close_inventory(inventory, Some(&extent))
            .await;
        if let Err(error) = closed {
            let failure = Failure {
                cause: error.to_string(),
                details: crate::diagnostic::causes(&error),
                help: None,
            };
            // Nobody is there to be told when stderr is gone.
            let _ = err(&format!("warning: {}\n", printable(&failure.cause)));
            tracing::warn!(?failure, ran = report.ran, "the inventory is not narrowed");
        }
    }
}

/// Reads what a person named for deletion.
pub(in crate::cli) fn consent(names: &[String]) -> Result<Consent> {
    Consent::parse(names).map_err(|text| {
        Stop::input(format!("`{text}` names no object"))
            .help("name it with its kind: --delete PersistentVolumeClaim/data")
    })
}

/// Returns what is to become of each candidate, in the order in which they go.
pub(in crate::cli) fn text(candidates: &[Candidate], paint: Paint) -> String {
    if candidates.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "{} not in the plan any more:\n",
        match candidates.len() {
            1 => "1 object is".to_owned(),
            many => format!("{many} objects are"),
        }
    );
    for it in candidates {
        let (word, why) = match &it.fate {
            Fate::Goes(why) => (paint.bad("delete"), why.clone()),
            Fate::Named(why) => (
                paint.name("keep  "),
                Some(format!("{why}; --delete {} lets it go", it.object.label())),
            ),
            Fate::Foreign(why) => (paint.dim("keep  "), Some(why.clone())),
        };
        let why = why.map(|why| format!("  ({why})")).unwrap_or_default();
        let name = it.object.label();
        // Writing to a string can't fail.
        let _ = writeln!(text, "  {word}  {}{}", printable(&name), printable(&why));
    }
    text
}
