//! How fast an autoscaler adds and removes pods, as people write it: `scale up 100% in 15 s`,
//! `Scale down: 1 pod per minute, stabilization 10 min`, `Stabilization: scale up 0 s, scale
//! down 300 s`.
//!
//! A time is a window where stabilization is told of, else a period of the pods or percent beside
//! it. What can't be told is neither.

use super::figures::{Figure, Figures, Unit};
use super::spec::ScalingSpec;
use crate::vocabulary::Word;

/// How fast pods are added, and removed.
type Speeds = (Option<ScalingSpec>, Option<ScalingSpec>);

/// Returns how fast pods are to be added and removed; none where a direction is named of which
/// nothing can be told. `about`: whether the text stands in an autoscaler's own file.
pub(super) fn speeds(figures: &Figures<'_>, about: bool) -> Option<Speeds> {
    let up = figures.find(Word::ScaleUp);
    let down = figures.find(Word::ScaleDown);
    if up.is_none() && down.is_none() {
        // A window alone is the one that keeps pods from being removed too soon.
        let window = window(figures).filter(|_| about).map(|it| it.number);
        let down = window.map(|window| ScalingSpec {
            window: Some(window),
            ..ScalingSpec::default()
        });
        return Some((None, down));
    }
    let stable = figures.find(Word::Stable);
    let first = up.into_iter().chain(down).min()?;
    // What stands in a clause of its own, or has its time there, is nobody's.
    let parts =
        |token: &String| [",", ";", "."].contains(&&**token) || token.parse::<u32>().is_ok();
    let between = |stable: usize| figures.tokens().iter().take(first).skip(stable);
    let ahead = stable.filter(|stable| *stable < first && !between(*stable).any(parts));
    let end = figures.tokens().len();
    let speed = |from: Option<usize>, other: Option<usize>| {
        let Some(from) = from else { return Some(None) };
        let to = other.filter(|other| *other > from).unwrap_or(end);
        // `stabilization down: 600 s`
        let begin = ahead.filter(|_| from == first).unwrap_or(from);
        speed(&figures.part(begin, to), ahead.is_some()).map(Some)
    };
    Some((speed(up, down)?, speed(down, up)?))
}

/// Returns what is told of one direction, if all that a policy needs is. `stable`: whether
/// stabilization is what the whole text is about.
fn speed(part: &Figures<'_>, stable: bool) -> Option<ScalingSpec> {
    let own = window(part);
    let of = |unit: Unit| {
        let other = |it: &Figure| own.is_none_or(|own| own.at != it.at);
        part.all().find(|it| it.unit == unit && other(it))
    };
    let number = |unit| of(unit).map(|it| it.number);
    let (percent, pods) = (number(Unit::Percent), number(Unit::Pods));
    let mut period = number(Unit::Seconds);
    let mut window = own.map(|it| it.number);
    if percent.is_none() && pods.is_none() {
        // A period is one of pods or percent: without them a time is a window, or can't be told.
        let time = period.take();
        match (time, window) {
            (Some(_), Some(_)) => return None,
            (Some(_), None) if !stable => return None,
            (time, None) => window = time,
            (None, Some(_)) => {}
        }
    } else if period.is_none() {
        period = part.each_unit();
    }
    let speed = ScalingSpec {
        percent,
        pods,
        period,
        window,
    };
    (speed != ScalingSpec::default()).then_some(speed)
}

/// Returns the time that stabilization takes: behind its word, or right before it.
fn window(part: &Figures<'_>) -> Option<Figure> {
    let at = part.find(Word::Stable)?;
    let time = |it: &Figure| matches!(it.unit, Unit::Seconds | Unit::Plain);
    let behind = part.beside(Word::Stable).filter(time);
    let before = || {
        // The number, then its unit: `300 s stabilization`.
        let number = at.checked_sub(2)?;
        let mut all = part.all();
        all.find(|it| it.at == number && it.unit == Unit::Seconds)
    };
    behind.or_else(before)
}

#[cfg(test)]
mod tests {
    use super::{Figures, ScalingSpec, speeds};
    use crate::vocabulary::{Phrase, Vocabulary};

    fn read(text: &str) -> Option<super::Speeds> {
        let vocabulary = Vocabulary::default();
        speeds(&Figures::of(Phrase::new(text, &vocabulary)), true)
    }

    #[track_caller]
    fn check_window(text: &str, seconds: u32) {
        let window = ScalingSpec {
            window: Some(seconds),
            ..ScalingSpec::default()
        };
        assert_eq!(read(text), Some((None, Some(window))), "{text}");
    }

    #[test]
    fn stabilization_is_a_window_in_either_order() {
        for text in [
            "Scale down stabilization 10 min",
            "stabilization down: 600s",
            "scale down: 600 s stabilization",
            "стабилизация вниз 10 минут",
            "вниз: стабилизация 10 минут",
            "scaleDown: 10 минут стабилизация",
            "Стабілізація вниз: 10 хв",
            "стабілізація scale down: 600s",
            "вниз: стабілізація 600 с",
            "stabilization 10 min",
            "Стабилизация 10 минут",
            "Стабілізація: 10 хв",
        ] {
            check_window(text, 600);
        }
    }

    #[test]
    fn each_direction_has_its_window() {
        let window = |window| {
            Some(ScalingSpec {
                window: Some(window),
                ..ScalingSpec::default()
            })
        };
        for text in [
            "Stabilization: scale up 0 s, scale down 300 s",
            "scale up stabilization 0s; scale down stabilization 300s",
            "Стабилизация вверх 0 с, вниз 5 минут",
            "Стабілізація вгору 0 с, вниз 5 хв",
        ] {
            assert_eq!(read(text), Some((window(0), window(300))), "{text}");
        }
    }

    #[test]
    fn windows_stand_beside_policies() {
        let down = Some(ScalingSpec {
            pods: Some(1),
            period: Some(60),
            window: Some(600),
            ..ScalingSpec::default()
        });
        for text in [
            "Scale down: 1 pod per minute, stabilization 10 minutes",
            "scale down: 1 pod per 60 s, 600 s stabilization",
            "scale down: 1 под в минуту, стабилизация 10 минут",
            "вниз: 1 под за минуту, стабілізація 10 хв",
            "стабилизация вниз 10 минут, 1 под за 60 с",
        ] {
            assert_eq!(read(text), Some((None, down)), "{text}");
        }
    }

    #[test]
    fn a_time_that_is_no_policys_is_not_guessed_at() {
        for text in [
            "scale down: 600s",
            "вниз: 10 минут",
            "вниз: 10 хв",
            "вверх и вниз: 100% за 15 секунд",
            "stabilization of scale up and scale down: 60 s",
            "стабилизация 60 с, вниз: 10 минут",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
