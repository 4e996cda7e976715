//! Disruption budgets that let a pod go.

use crate::diagnostic::Diagnostic;

use super::application::{Pdb, Workload};

/// Mends the budgets that let no pod go: a node that such a pod runs on could never be drained.
pub(super) fn mend(workloads: &mut [Workload]) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    for workload in workloads {
        let fewest = workload.hpa.as_ref().map_or(workload.replicas, |it| it.min);
        let Some(pdb) = workload.pdb.as_mut().filter(|pdb| holds_all(pdb, fewest)) else {
            continue;
        };
        let asked = match (&pdb.min_available, &pdb.max_unavailable) {
            (Some(least), _) => format!("minAvailable {least}"),
            (None, most) => format!("maxUnavailable {}", most.as_deref().unwrap_or_default()),
        };
        *pdb = Pdb {
            min_available: None,
            max_unavailable: Some("1".to_owned()),
        };
        remarks.push(
            Diagnostic::warning(format!(
                "the PDB of `{}` is to have {asked}, which lets none of its {fewest} pods go: no \
                 node that one runs on could be drained; maxUnavailable 1 is used",
                workload.name
            ))
            .help("give it more replicas, or a PDB that lets a pod go"),
        );
    }
    remarks
}

fn holds_all(pdb: &Pdb, replicas: u32) -> bool {
    let number = |amount: &Option<String>| amount.as_deref()?.trim().parse::<u32>().ok();
    let percent = |amount: &Option<String>| -> Option<u32> {
        let amount = amount.as_deref()?.trim();
        amount.strip_suffix('%')?.parse().ok()
    };
    // Kubernetes rounds up.
    let share = |percent: u32| replicas.saturating_mul(percent).div_ceil(100);
    let least = number(&pdb.min_available).or_else(|| percent(&pdb.min_available).map(share));
    let most = number(&pdb.max_unavailable).or_else(|| percent(&pdb.max_unavailable));
    least.is_some_and(|least| least >= replicas) || most == Some(0)
}

#[cfg(test)]
mod tests {
    use super::holds_all;
    use crate::resolve::Pdb;

    #[track_caller]
    fn check(min: Option<&str>, max: Option<&str>, replicas: u32, expected: bool) {
        let pdb = Pdb {
            min_available: min.map(str::to_owned),
            max_unavailable: max.map(str::to_owned),
        };
        assert_eq!(holds_all(&pdb, replicas), expected);
    }

    #[test]
    fn a_budget_that_needs_every_pod_lets_none_go() {
        check(Some("1"), None, 1, true);
        check(Some("2"), None, 2, true);
        check(Some("100%"), None, 5, true);
        check(Some("60%"), None, 2, true);
        check(None, Some("0"), 5, true);
        check(None, Some("0%"), 5, true);
    }

    #[test]
    fn other_budgets_let_one_go() {
        check(Some("1"), None, 2, false);
        check(Some("50%"), None, 2, false);
        check(None, Some("1"), 1, false);
        check(None, Some("25%"), 2, false);
    }
}
