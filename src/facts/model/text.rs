//! Scalars that still know what they were made from.

use std::ops::Range;

/// A scalar after interpolation, which still knows what it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The value after interpolation (a variable without value and default is empty).
    pub value: String,
    /// The value as written.
    pub raw: String,
    /// The variables in it, in order.
    pub variables: Vec<VariableUse>,
}

/// A part of a [`Text`]'s value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// As it stands.
    Plain(&'t str),
    /// What the variable of that name gives.
    Given(&'t str),
}

/// One `${…}` of a [`Text`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariableUse {
    /// The variable's name.
    pub name: String,
    /// The default, if one is given (`:-`, `-`).
    pub default: Option<String>,
    /// The message of `:?` or `?`: the value is required.
    pub required: Option<String>,
    /// Whether `.env` gave a value.
    pub given: bool,
    /// Where what it gives stands in the text's value; what its default is made of lies inside.
    pub place: Range<usize>,
}

impl Text {
    /// Returns whether a required variable has no value.
    pub fn lacks_required(&self) -> bool {
        self.variables
            .iter()
            .any(|variable| variable.required.is_some() && !variable.given)
    }

    /// Returns the value in its pieces: what the chosen variables give, and what is between.
    pub fn pieces(&self, chosen: impl Fn(&VariableUse) -> bool) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut end = 0;
        for used in &self.variables {
            // What a chosen variable's default is made of is that variable's already.
            let before = self.value.get(end..used.place.start);
            let Some(before) = before.filter(|_| chosen(used)) else {
                continue;
            };
            if !before.is_empty() {
                pieces.push(Piece::Plain(before));
            }
            pieces.push(Piece::Given(&used.name));
            end = used.place.end;
        }
        let rest = self.value.get(end..).unwrap_or_default();
        if !rest.is_empty() {
            pieces.push(Piece::Plain(rest));
        }
        pieces
    }
}
