//! All that a word may be to somebody who looks for names, as far as lexicons and lists know.

/// A set of such things.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Kinds(pub u32);

impl Kinds {
    /// Listed as a given name.
    pub const GIVEN: Kinds = Kinds(1);
    /// In the lists of many countries.
    pub const GIVEN_WIDELY: Kinds = Kinds(1 << 1);
    /// Listed as a family name.
    pub const FAMILY: Kinds = Kinds(1 << 2);
    /// Sounds like a given name of another script.
    pub const SOUNDS_GIVEN: Kinds = Kinds(1 << 3);
    /// Sounds like a family name of another script.
    pub const SOUNDS_FAMILY: Kinds = Kinds(1 << 4);
    /// Ends like the family names of the language.
    pub const FAMILY_ENDING: Kinds = Kinds(1 << 5);
    /// A title before a name.
    pub const HONORIFIC: Kinds = Kinds(1 << 6);
    /// A title after it.
    pub const HONORIFIC_AFTER: Kinds = Kinds(1 << 7);
    /// Seyyed, Haji.
    pub const LINEAGE: Kinds = Kinds(1 << 8);
    /// bin, oğlu.
    pub const SON: Kinds = Kinds(1 << 9);
    /// van, de la.
    pub const PARTICLE: Kinds = Kinds(1 << 10);
    /// said, заявил.
    pub const SPEECH: Kinds = Kinds(1 << 11);
    /// An office or profession.
    pub const ROLE: Kinds = Kinds(1 << 12);
    /// A country, or its people.
    pub const COUNTRY: Kinds = Kinds(1 << 13);
    /// Listed as a place.
    pub const PLACE: Kinds = Kinds(1 << 14);
    pub const ORGANISATION: Kinds = Kinds(1 << 15);
    /// A word that is no name.
    pub const OTHER: Kinds = Kinds(1 << 16);
    /// What is named after people: airport, street.
    pub const EPONYM: Kinds = Kinds(1 << 17);
    /// A town of the world.
    pub const TOWN: Kinds = Kinds(1 << 18);
    /// A form of a listed given name.
    pub const GIVEN_FORM: Kinds = Kinds(1 << 19);
    /// A form of a listed family name.
    pub const FAMILY_FORM: Kinds = Kinds(1 << 20);
    /// A given name in the list of the text's own language.
    pub const GIVEN_HERE: Kinds = Kinds(1 << 21);
    /// A family name in it.
    pub const FAMILY_HERE: Kinds = Kinds(1 << 22);

    /// Whether it may be any of these.
    #[inline]
    pub fn any(self, of: Kinds) -> bool {
        self.0 & of.0 != 0
    }
}

impl std::ops::BitOr for Kinds {
    type Output = Kinds;

    fn bitor(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(NAMES.iter().filter(|(kind, _)| self.any(*kind)).map(|(_, name)| name)).finish()
    }
}

/// What each is called in an explanation.
pub const NAMES: [(Kinds, &str); 23] = [
    (Kinds::GIVEN, "a listed given name"),
    (Kinds::GIVEN_WIDELY, "a given name of many countries"),
    (Kinds::FAMILY, "a listed family name"),
    (Kinds::SOUNDS_GIVEN, "sounds like a given name"),
    (Kinds::SOUNDS_FAMILY, "sounds like a family name"),
    (Kinds::FAMILY_ENDING, "ends like a family name"),
    (Kinds::HONORIFIC, "a title"),
    (Kinds::HONORIFIC_AFTER, "a title after a name"),
    (Kinds::LINEAGE, "a word of lineage"),
    (Kinds::SON, "a word of descent"),
    (Kinds::PARTICLE, "a particle"),
    (Kinds::SPEECH, "a verb of speech"),
    (Kinds::ROLE, "an office"),
    (Kinds::COUNTRY, "a country"),
    (Kinds::PLACE, "a place"),
    (Kinds::ORGANISATION, "an organisation"),
    (Kinds::OTHER, "a word that is no name"),
    (Kinds::EPONYM, "a thing named after people"),
    (Kinds::TOWN, "a town"),
    (Kinds::GIVEN_FORM, "a form of a given name"),
    (Kinds::FAMILY_FORM, "a form of a family name"),
    (Kinds::GIVEN_HERE, "a given name of the language"),
    (Kinds::FAMILY_HERE, "a family name of the language"),
];
