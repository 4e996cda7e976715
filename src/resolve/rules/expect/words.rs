//! What the words of lines do that tell what a person's work leaves behind.
//!
//! The words are the vocabulary's, which a workspace may add to; here is what each meaning does in
//! such a line.

use crate::vocabulary::{Meanings, Vocabulary, Word};

/// What a word does in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolve::rules) enum Role {
    /// Asks to make something.
    Make,
    /// Asks to put something into what is there, or to make it.
    Add,
    /// Asks to change something.
    Change,
    /// Asks to remove something.
    Remove,
    /// Asks for work that leaves no trace of its own, or another one.
    Other,
    /// Asks for a person's judgement.
    Judge,
    /// Makes it uncertain what is wanted, or that it is.
    Doubt,
    /// Joins what is asked for.
    And,
    /// Says that something must be, before the verb.
    Must,
    /// Leads to where something goes.
    Into,
    /// Leads to where something comes from.
    From,
    /// Leads to what belongs to it, or to where something comes from.
    With,
    /// Leads to what is only referred to.
    About,
    /// Leads to how or where something works.
    Where,
    /// Leads to where something is, a file as well.
    Place,
    /// Says that it is where everything is that is looked for.
    Here,
    /// Names an environment, where nothing is looked at.
    Elsewhere,
    /// Says what a number only names.
    Numbered,
    /// Asks to put something into another thing.
    Put,
    /// Asks to make something known where it is used.
    Register,
    /// Stands for what was named before.
    It,
    /// Says that the thing isn't there yet.
    Fresh,
    /// Stands before a noun and says nothing of it.
    Article,
    /// Names what a path leads to.
    File,
    /// Names a folder.
    Folder,
    /// Names what a file of source may be: a migration, a component.
    Part,
    /// Names a migration.
    Migration,
    /// Names a form or a serializer.
    Derived,
    /// Stands before what leads to a thing that is only referred to: `similar` to, `link` to.
    Refers,
    /// Says what something is to be, which its being there doesn't tell.
    Quality,
    /// Names what a class or structure is.
    Type,
    /// Names a model or a schema.
    Model,
    /// Names a type, and says not which.
    AnyType,
    /// Names a class.
    Class,
    /// Names a structure.
    Structure,
    /// Names an interface.
    Interface,
    /// Names a trait.
    Trait,
    /// Names an enumeration.
    Enumeration,
    /// Names an exception.
    Exception,
    /// Names what can be called.
    Callable,
    /// Names what answers an endpoint.
    Answers,
    /// Names a function.
    Function,
    /// Names a function of a type.
    Method,
    /// Asks to make what an interface promises, or the interface.
    Fulfil,
    /// Names a field of a type.
    Field,
    /// Names a constant.
    Value,
    /// Names a table.
    Table,
    /// Names an endpoint.
    Endpoint,
    /// Names a variable of the environment.
    Variable,
    /// Names something of which no trace is looked for.
    Thing,
    /// Narrows what is asked for: `only`, `without`.
    Narrows,
    /// Stands before a verb: `then`, `please`.
    Opening,
    /// Says of a name that a part of the application is called so: `service`.
    Service,
    /// Names tests.
    Tests,
    /// Names documentation.
    Docs,
}

impl Role {
    /// Returns the meanings whose words do that.
    pub(super) const fn meanings(self) -> &'static [Word] {
        match self {
            Self::Make => &[Word::Create, Word::Make],
            Self::Add => &[Word::Add, Word::Put, Word::Register],
            Self::Change => &[Word::Change],
            Self::Remove => &[Word::Remove],
            Self::Other => &[Word::Work],
            Self::Judge => &[Word::Judge],
            Self::Doubt => &[Word::Uncertain],
            Self::And => &[Word::And],
            Self::Must => &[Word::Due],
            Self::Into => &[Word::Into],
            Self::From => &[Word::From],
            Self::With => &[Word::With],
            Self::About => &[Word::About],
            Self::Where => &[Word::Where],
            Self::Place => &[Word::Place],
            Self::Here => &[Word::Here],
            Self::Elsewhere => &[Word::Elsewhere],
            Self::Numbered => &[Word::Numbered],
            Self::Put => &[Word::Put, Word::Register],
            Self::Register => &[Word::Register],
            Self::It => &[Word::It],
            Self::Fresh => &[Word::Fresh],
            Self::Article => &[Word::Article],
            Self::File => &[Word::PathNoun, Word::FolderNoun],
            Self::Folder => &[Word::FolderNoun],
            Self::Part => &[Word::PartNoun, Word::DerivedNoun, Word::MigrationNoun],
            Self::Migration => &[Word::MigrationNoun],
            Self::Derived => &[Word::DerivedNoun],
            Self::Refers => &[Word::Refers],
            Self::Quality => &[Word::Quality],
            Self::Type => TYPES,
            Self::Model => &[Word::TypeNoun],
            Self::AnyType => &[Word::AnyTypeNoun],
            Self::Class => &[Word::ClassNoun],
            Self::Structure => &[Word::StructureNoun],
            Self::Interface => &[Word::InterfaceNoun],
            Self::Trait => &[Word::TraitNoun],
            Self::Enumeration => &[Word::EnumerationNoun],
            Self::Exception => &[Word::ExceptionNoun],
            Self::Callable => &[Word::CallNoun, Word::FunctionNoun, Word::MethodNoun],
            Self::Answers => &[Word::AnswerNoun],
            Self::Function => &[Word::FunctionNoun],
            Self::Method => &[Word::MethodNoun],
            Self::Fulfil => &[Word::Fulfil],
            Self::Field => &[Word::FieldNoun],
            Self::Value => &[Word::ValueNoun],
            Self::Table => &[Word::TableNoun],
            Self::Endpoint => &[Word::EndpointNoun],
            Self::Variable => &[Word::VariableNoun],
            Self::Thing => &[Word::ThingNoun],
            Self::Narrows => &[Word::Exactly, Word::Negation],
            Self::Opening => &[Word::Opening],
            Self::Service => &[Word::Services],
            Self::Tests => &[Word::Tests],
            Self::Docs => &[Word::Docs],
        }
    }

    const fn is_verb(self) -> bool {
        matches!(self, Self::Make | Self::Add | Self::Change | Self::Remove)
    }
}

/// Nouns for types.
const TYPES: &[Word] = &[
    Word::TypeNoun,
    Word::AnyTypeNoun,
    Word::ClassNoun,
    Word::StructureNoun,
    Word::InterfaceNoun,
    Word::TraitNoun,
    Word::EnumerationNoun,
    Word::ExceptionNoun,
];

/// What a word does: several things at once, maybe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Roles(Meanings);

/// Nouns for what a code span may name.
pub(super) const NOUNS: &[Role] = &[
    Role::File,
    Role::Part,
    Role::Type,
    Role::Callable,
    Role::Field,
    Role::Value,
    Role::Table,
    Role::Endpoint,
    Role::Variable,
    Role::Tests,
    Role::Docs,
];

/// Roles of other words that may stand behind a thing without saying anything of it.
const AROUND: &[Role] = &[
    Role::Make,
    Role::Add,
    Role::Change,
    Role::Remove,
    Role::And,
    Role::Must,
    Role::Into,
    Role::From,
    Role::With,
    Role::About,
    Role::Where,
    Role::Place,
    Role::Here,
    Role::Article,
    Role::Thing,
];

impl Roles {
    /// Returns what a word does that says nothing of the noun behind it.
    pub(super) fn article() -> Self {
        Self(Meanings::of(&[Word::Article]))
    }

    /// Returns whether the word does anything that goes on with a line.
    pub(super) fn any(self) -> bool {
        NOUNS.iter().chain(AROUND).any(|role| self.has(*role))
    }

    /// Returns whether the word tells that.
    pub(super) fn tells(self, word: Word) -> bool {
        self.0.meets(Meanings::of(&[word]))
    }

    /// Returns whether the word does that.
    pub(super) fn has(self, role: Role) -> bool {
        // What was done isn't asked for.
        let past = role.is_verb() && self.0.meets(Meanings::of(&[Word::Past]));
        !past && self.0.meets(Meanings::of(role.meanings()))
    }
}

/// Returns what a word does in a line.
pub(super) fn roles(word: &str, vocabulary: &Vocabulary) -> Roles {
    Roles(vocabulary.told_by(word).alone)
}

/// Returns whether a word does that in a line.
pub(in crate::resolve::rules) fn is(word: &str, role: Role, vocabulary: &Vocabulary) -> bool {
    roles(word, vocabulary).has(role)
}

#[cfg(test)]
mod tests {
    use super::{Role, roles};
    use crate::vocabulary::{Meaning, Vocabulary, Word};

    #[track_caller]
    fn check(role: Role, words: &[&str]) {
        for word in words {
            let found = roles(word, &Vocabulary::default());
            assert!(found.has(role), "{word} is no {role:?}");
        }
    }

    #[test]
    fn a_workspaces_verbs_ask_as_well() {
        let usual = Vocabulary::default();
        let own = |meaning, word| usual.clone().with(Meaning::Word(meaning), word);
        for meaning in [Word::Create, Word::Make] {
            assert!(roles("anlegen", &own(meaning, "anleg")).has(Role::Make));
        }
        assert!(roles("löschen", &own(Word::Remove, "lösch")).has(Role::Remove));
        assert!(!roles("löschen", &usual).has(Role::Remove));
    }

    #[test]
    fn a_workspaces_words_leave_lines_to_a_person_as_well() {
        let usual = Vocabulary::default();
        let own = |meaning, word| usual.clone().with(Meaning::Word(meaning), word);
        assert!(roles("oder", &own(Word::Uncertain, "oder$")).has(Role::Doubt));
        assert!(roles("abstimmen", &own(Word::Judge, "abstimm")).has(Role::Judge));
        assert!(roles("klasse", &own(Word::TypeNoun, "klasse")).has(Role::Type));
        assert!(!roles("oder", &usual).has(Role::Doubt));
    }

    #[test]
    fn what_was_done_isnt_asked_for() {
        let found = roles("generated", &Vocabulary::default());
        assert!(!found.has(Role::Make));
    }

    #[test]
    fn verbs_are_known_in_three_languages() {
        check(
            Role::Make,
            &["create", "создать", "створити", "реализовать", "implement"],
        );
        check(Role::Add, &["add", "добавить", "додати"]);
        check(
            Role::Change,
            &[
                "update",
                "обновить",
                "изменить",
                "оновити",
                "змінити",
                "fix",
            ],
        );
        check(Role::Remove, &["remove", "удалить", "видалити", "прибрати"]);
        check(
            Role::Doubt,
            &["or", "или", "або", "если", "якщо", "необходимости"],
        );
    }
}
