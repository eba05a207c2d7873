//! How the words of two names lie side by side: word against word by their sounds, then the best pairs.

use smallvec::SmallVec;
use unicode_script::Script;

use super::given::equivalent;
use super::inflect::own_forms;
use super::parse::Name;
use super::romanise::{LONGEST, SCRIPTS};
use super::sounds::{Sound, Vowel, WHOLE, Writing, inventory};
use super::token::{Part, Token, is_slavic_patronymic};

/// Two words that are the same part of both names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// In the first name's tokens, and in the second's.
    pub a: usize,
    pub b: usize,
    /// How alike they sound, 0 to 1.
    pub score: f32,
    pub how: How,
}

/// What makes two words a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// They sound alike.
    Sound,
    /// One of them is the first letter of the other.
    Initial,
    /// The word and its neighbour, in the first name, are written together in the second.
    JoinedA,
    /// The word and its neighbour, in the second name, are written together in the first.
    JoinedB,
    /// Forms of one given name that sound different: Bill, William.
    Family,
}

/// How two names lie side by side.
#[derive(Clone, Debug, Default)]
pub struct Alignment {
    pub pairs: SmallVec<[Pair; 8]>,
    /// Words of the first and second name that are in no pair.
    pub left_a: SmallVec<[usize; 8]>,
    pub left_b: SmallVec<[usize; 8]>,
    /// The best score among words that are left over on both sides.
    pub best_left: f32,
    /// How alike the fathers' names are, where both have one.
    pub fathers: Option<f32>,
}

/// Below this, two words are not the same part of a name.
const ALIGNED: f32 = 0.6;

/// Lays two names side by side.
pub fn align(a: &Name, b: &Name) -> Alignment {
    let (xs, ys) = (&a.tokens, &b.tokens);
    let mut scores: SmallVec<[f32; 64]> = SmallVec::from_elem(0.0, xs.len() * ys.len());
    let mut all: SmallVec<[Pair; 24]> = SmallVec::new();
    let mut found = Alignment { pairs: same_words(xs, ys), ..Alignment::default() };
    let (of_a, of_b) = found.pairs.iter().fold((0u32, 0u32), |(a, b), p| (a | 1 << p.a, b | 1 << p.b));
    let surnamed = is_surnamed_by_father(a, b) || is_surnamed_by_father(b, a);
    for (i, x) in xs.iter().enumerate().filter(|(i, _)| of_a & (1 << i) == 0) {
        for (j, y) in ys.iter().enumerate().filter(|(j, _)| of_b & (1 << j) == 0) {
            let how = if (x.part == Part::Initial) != (y.part == Part::Initial) { How::Initial } else { How::Sound };
            if how == How::Sound && (x.part == Part::Patronymic) != (y.part == Part::Patronymic) && !surnamed {
                continue;
            }
            if how == How::Initial && (x.part == Part::Epithet || y.part == Part::Epithet) {
                continue;
            }
            let score = likeness(x, y);
            scores[i * ys.len() + j] = score;
            if score >= ALIGNED {
                all.push(Pair { a: i, b: j, score, how });
            }
        }
    }
    // The best first: with the few words of a name this finds the best assignment but in contrived cases. Whole words
    // are paired before initials; among equals those in the same place, then in a fixed order.
    all.sort_unstable_by(|p, q| {
        (p.how == How::Initial)
            .cmp(&(q.how == How::Initial))
            .then(q.score.total_cmp(&p.score))
            .then(p.a.abs_diff(p.b).cmp(&q.a.abs_diff(q.b)))
            .then((p.a + p.b).cmp(&(q.a + q.b)))
    });
    for pair in all {
        if !found.pairs.iter().any(|p| p.a == pair.a || p.b == pair.b) {
            found.pairs.push(pair);
        }
    }
    let free = |count: usize, taken: &dyn Fn(usize) -> bool| (0..count).filter(|n| !taken(*n)).collect();
    found.left_a = free(xs.len(), &|n| found.pairs.iter().any(|p| p.a == n));
    found.left_b = free(ys.len(), &|n| found.pairs.iter().any(|p| p.b == n));
    found.join(xs, ys);
    found.find_families(xs, ys);
    for (i, j) in found.left_a.iter().flat_map(|i| found.left_b.iter().map(move |j| (*i, *j))) {
        if xs[i].part == Part::Main && ys[j].part == Part::Main {
            found.best_left = found.best_left.max(scores[i * ys.len() + j]);
        }
    }
    found.fathers = fathers(xs, ys);
    found
}

/// Whether a name has nothing but the father's beside the given one, and the other says of none that it is the father's:
/// Mahathir bin Mohamad, Mahathir Mohamad.
fn is_surnamed_by_father(a: &Name, b: &Name) -> bool {
    let fathers = |name: &Name| name.tokens.iter().filter(|t| t.part == Part::Patronymic).count();
    fathers(a) == 1 && a.main().count() == 1 && fathers(b) == 0
}

/// The words that both names have: they are pairs without more ado.
fn same_words(xs: &[Token], ys: &[Token]) -> SmallVec<[Pair; 8]> {
    let mut pairs: SmallVec<[Pair; 8]> = SmallVec::new();
    for (a, x) in xs.iter().enumerate() {
        let fits =
            |(b, y): &(usize, &Token)| x.word == y.word && x.part == y.part && !pairs.iter().any(|p: &Pair| p.b == *b);
        if let Some((b, _)) = ys.iter().enumerate().find(fits) {
            pairs.push(Pair { a, b, score: 1.0, how: How::Sound });
        }
    }
    pairs
}

impl Alignment {
    /// Neighbours on one side, of which at least one is left over, against a word that is left over on the other, or that
    /// pairs better with both.
    fn join(&mut self, xs: &[Token], ys: &[Token]) {
        while let Some((pair, replaced)) = self.best_join(xs, ys) {
            self.pairs.retain(|p| !replaced.contains(p));
            self.pairs.push(pair);
            let (second_a, second_b) =
                (pair.a + usize::from(pair.how == How::JoinedA), pair.b + usize::from(pair.how == How::JoinedB));
            self.left_a.retain(|n| *n != pair.a && *n != second_a);
            self.left_b.retain(|n| *n != pair.b && *n != second_b);
        }
    }

    fn best_join(&self, xs: &[Token], ys: &[Token]) -> Option<(Pair, SmallVec<[Pair; 2]>)> {
        let mut best: Option<(Pair, SmallVec<[Pair; 2]>)> = None;
        let mut look = |how: How, many: &[Token], left_many: &[usize], one: &[Token], left_one: &[usize]| {
            for at in 0..many.len().saturating_sub(1) {
                let both = &many[at..at + 2];
                let free = left_many.contains(&at) || left_many.contains(&(at + 1));
                if !free || both.iter().any(|t| t.part != Part::Main) {
                    continue;
                }
                for (other, word) in one.iter().enumerate().filter(|(_, w)| w.part == Part::Main) {
                    let pair_of =
                        |n: usize| self.pairs.iter().find(|p| if how == How::JoinedA { p.a == n } else { p.b == n });
                    let (first, second) = (pair_of(at), pair_of(at + 1));
                    // A pair of one of the two may be given up for the pair of both, if it is with the same word.
                    let of_one = |p: &Pair| if how == How::JoinedA { p.b } else { p.a };
                    let given_up: SmallVec<[Pair; 2]> = first.into_iter().chain(second).copied().collect();
                    if given_up.iter().any(|p| of_one(p) != other)
                        || (given_up.is_empty() && !left_one.contains(&other))
                    {
                        continue;
                    }
                    let slack = if word.writing == both[0].writing { 150 } else { 400 };
                    if word.weight + slack < both[0].weight + both[1].weight {
                        continue;
                    }
                    let sounds = both[0].sounds.joined(&both[1].sounds);
                    let score = similarity(&sounds, both[0].writing, &word.sounds, word.writing);
                    let before = given_up.iter().map(|p| p.score).fold(0.0, f32::max);
                    if score >= 0.75 && score > before + 0.03 && best.as_ref().is_none_or(|(p, _)| score > p.score) {
                        let (a, b) = if how == How::JoinedA { (at, other) } else { (other, at) };
                        best = Some((Pair { a, b, score, how }, given_up));
                    }
                }
            }
        };
        if !self.left_a.is_empty() {
            look(How::JoinedA, xs, &self.left_a, ys, &self.left_b);
        }
        if !self.left_b.is_empty() {
            look(How::JoinedB, ys, &self.left_b, xs, &self.left_a);
        }
        best
    }

    /// Given names that are left over on both sides and are forms of one.
    fn find_families(&mut self, xs: &[Token], ys: &[Token]) {
        if self.left_a.is_empty() || self.left_b.is_empty() || self.pairs.is_empty() {
            return;
        }
        let mut found: SmallVec<[Pair; 2]> = SmallVec::new();
        for (i, j) in self.left_a.iter().flat_map(|i| self.left_b.iter().map(move |j| (*i, *j))) {
            let (x, y) = (&xs[i], &ys[j]);
            if x.part != Part::Main || y.part != Part::Main || found.iter().any(|p| p.a == i || p.b == j) {
                continue;
            }
            if equivalent(x, y) {
                found.push(Pair { a: i, b: j, score: 0.8, how: How::Family });
            }
        }
        for pair in found {
            self.pairs.push(pair);
            self.left_a.retain(|n| *n != pair.a);
            self.left_b.retain(|n| *n != pair.b);
        }
    }
}

/// How alike the fathers' names are, where both names have one.
fn fathers(xs: &[Token], ys: &[Token]) -> Option<f32> {
    let father = |tokens: &[Token]| tokens.iter().position(|t| t.part == Part::Patronymic);
    let (a, b) = (&xs[father(xs)?], &ys[father(ys)?]);
    Some(similarity(stem(a), a.writing, stem(b), b.writing))
}

/// The father's name without the Slavic ending: Гейдарович and Heydər oğlu are one.
fn stem(father: &Token) -> &[Sound] {
    let all: &[Sound] = &father.sounds;
    let ending = if is_slavic_patronymic(&father.text) { 4 } else { 0 };
    &all[..all.len() - ending.min(all.len().saturating_sub(2))]
}

/// How alike two words of a name sound, 0 to 1. Symmetric. An initial is like every word that it can begin.
pub fn compare_tokens(a: &Token, b: &Token) -> f64 {
    likeness(a, b).into()
}

/// [`compare_tokens`], for the many.
pub(super) fn likeness(a: &Token, b: &Token) -> f32 {
    if a.part == Part::Initial || b.part == Part::Initial {
        let first = |t: &Token| t.sounds.first().copied();
        let all = inventory();
        // W. is also written У.
        let begins = |s: Sound| all.is_vowel(s) && !all.is_like_w(s);
        let alike = |x: Sound, y: Sound| {
            let near = all.near(x)[usize::from(y)];
            near < 15 && (begins(x) == begins(y) || near <= 5 && (all.is_like_w(x) || all.is_like_w(y)))
        };
        let near = first(a).zip(first(b)).is_some_and(|(x, y)| alike(x, y));
        return if near { 0.88 } else { 0.0 };
    }
    if a.word == b.word {
        return 1.0;
    }
    // A syllable of Hangul is written in one way.
    let syllable =
        |t: &Token| SCRIPTS.get(usize::from(t.script)).is_some_and(|(s, _)| *s == Script::Hangul) && t.text.len() == 3;
    if a.script == b.script && syllable(a) && syllable(b) {
        return if a.families.share_one(b.families) { LISTED } else { 0.0 };
    }
    // Words that share few kinds of consonants need not be asked.
    let (of_a, of_b) = (a.classes.count_ones(), b.classes.count_ones());
    let shared = (a.classes & b.classes).count_ones();
    if of_a + of_b > 2 && (shared * 3 < of_a.min(of_b) || of_a.min(of_b) * 3 < of_a.max(of_b)) {
        return 0.0;
    }
    // Nor words of which one is much the longer, where both write their vowels.
    let both_full = a.writing == Writing::Full && b.writing == Writing::Full;
    if both_full && 20 * a.weight.min(b.weight) < 9 * a.weight.max(b.weight) {
        return 0.0;
    }
    let mut best = best_reading(a, b, 0.0);
    if (ALIGNED - 0.1..INFLECTED).contains(&best) {
        best = best.max(inflected(a, b) - (1.0 - INFLECTED));
    }
    // Tim and Timothy are nearer than they sound, and so are Lee and 이.
    if best < LISTED && a.families.share_one(b.families) { LISTED } else { best }
}

/// Words so alike are not asked whether another reading is still nearer.
const ALL_BUT_THE_SAME: f32 = 0.95;

/// A word ready to be compared with many: what its sounds count beside each writing.
pub(super) struct Sought<'t> {
    beside_full: SmallVec<[Weighed<'t>; 2]>,
    beside_abjad: SmallVec<[Weighed<'t>; 2]>,
}

impl<'t> Sought<'t> {
    pub fn new(token: &'t Token) -> Sought<'t> {
        let beside = |other| token.readings().map(|sounds| Weighed::new(sounds, token.writing, other)).collect();
        Sought { beside_full: beside(Writing::Full), beside_abjad: beside(Writing::Abjad) }
    }

    /// How alike it and a word of that writing sound, by the one of the word's readings that is most alike, 0 to 1; 0 for
    /// less than `least`.
    pub fn alike<'a>(&self, readings: impl Iterator<Item = Reading<'a>>, writing: Writing, least: f32) -> f32 {
        let own = if writing == Writing::Full { &self.beside_full } else { &self.beside_abjad };
        let mut best = 0.0f32;
        for theirs in readings {
            for own in own {
                best = best.max(own.reading().roughly_alike(&theirs, least));
                if best >= ALL_BUT_THE_SAME {
                    return best;
                }
            }
        }
        best
    }
}

/// How alike the readings of two words are that are most alike; 0 for less than `least`.
pub(super) fn best_reading(a: &Token, b: &Token, least: f32) -> f32 {
    if a.readings().any(|x| b.readings().any(|y| x == y)) {
        return if a.sounds.is_empty() { 0.0 } else { 1.0 };
    }
    let (x, y) = (Weighed::new(&a.sounds, a.writing, b.writing), Weighed::new(&b.sounds, b.writing, a.writing));
    let mut best = x.reading().alike(&y.reading(), least);
    let other_y = b.other.as_ref().map(|other| Weighed::new(other, b.writing, a.writing));
    if let Some(y) = &other_y {
        best = best.max(x.reading().alike(&y.reading(), least));
    }
    if let Some(other) = &a.other {
        let x = Weighed::new(other, a.writing, b.writing);
        best = best.max(x.reading().alike(&y.reading(), least));
        best = other_y.iter().fold(best, |best, y| best.max(x.reading().alike(&y.reading(), least)));
    }
    best
}

/// What a name in a case form is to the name at most: Putindən, Путиным.
const INFLECTED: f32 = 0.95;

/// How alike the words are if the longer of them is a form of a name with an ending of two letters or more; shorter
/// endings sound so little that they need no help.
fn inflected(a: &Token, b: &Token) -> f32 {
    let (longer, shorter) = if a.weight > b.weight { (a, b) } else { (b, a) };
    if longer.weight < shorter.weight + 50 || longer.writing == Writing::Abjad || !begin_alike(longer, shorter) {
        return 0.0;
    }
    let length = longer.text.chars().count();
    let forms = own_forms(&longer.text).into_iter().filter(|form| form.chars().count() + 2 <= length);
    let alike = |own: Token| similarity(&own.sounds, own.writing, &shorter.sounds, shorter.writing);
    forms.filter_map(|form| Token::new(&form)).map(alike).fold(0.0, f32::max)
}

/// Whether the first two sounds of both are near each other.
fn begin_alike(a: &Token, b: &Token) -> bool {
    let near = |(x, y): (&Sound, &Sound)| inventory().near(*x)[usize::from(*y)] <= 30;
    a.sounds.iter().zip(b.sounds.iter()).take(2).all(near)
}

/// Whether two words of one script differ in nothing but a vowel that only one of them has beside another: Raisi, Rasi.
pub(super) fn hiatus(a: &Token, b: &Token) -> bool {
    if a.script != b.script || a.writing == Writing::Abjad || a.sounds.len().abs_diff(b.sounds.len()) != 1 {
        return false;
    }
    let alike = |hiatus: u8| {
        let (lost_a, lost_b) =
            (losses(&a.sounds, a.writing, b.writing, hiatus), losses(&b.sounds, b.writing, a.writing, hiatus));
        let (a, b) = (
            Reading { sounds: &a.sounds, lost: &lost_a, whole: 0 },
            Reading { sounds: &b.sounds, lost: &lost_b, whole: 0 },
        );
        distance(&a, &b, u16::MAX)
    };
    // So little is the loss of one vowel alone.
    let without = alike(0);
    without <= 50 && alike(HIATUS) > without && !a.families.share_one(b.families)
}

/// How alike forms of one given name are at least that sound somewhat alike.
const LISTED: f32 = 0.9;

/// What it costs to lose one of two vowels side by side, where all vowels are written.
const HIATUS: u8 = 90;

/// 1 minus what the edits cost, over the weight of the longer word.
pub fn similarity(a: &[Sound], writing_a: Writing, b: &[Sound], writing_b: Writing) -> f32 {
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    Weighed::new(a, writing_a, writing_b).reading().alike(&Weighed::new(b, writing_b, writing_a).reading(), 0.0)
}

/// A word with what each of its sounds counts beside a word in the other's writing.
pub(super) struct Weighed<'s> {
    sounds: &'s [Sound],
    lost: Losses,
    whole: u16,
}

impl<'s> Weighed<'s> {
    pub fn new(sounds: &'s [Sound], own: Writing, other: Writing) -> Weighed<'s> {
        let all = inventory();
        let lost = all.lost(own, other);
        // What the other does not write counts for little in the length either.
        let of = |s: &Sound| all.weight(*s).min(u16::from(lost[usize::from(*s)]) * 2);
        let whole = sounds.iter().map(of).sum();
        Weighed { sounds, lost: losses(sounds, own, other, HIATUS), whole }
    }

    pub fn reading(&self) -> Reading<'_> {
        Reading { sounds: self.sounds, lost: &self.lost[..self.sounds.len()], whole: self.whole }
    }
}

/// The sounds of a word, what losing each of them costs beside a word in the other's writing, and what they count for
/// together, in hundredths of a consonant.
#[derive(Clone, Copy)]
pub(super) struct Reading<'s> {
    pub sounds: &'s [Sound],
    pub lost: &'s [u8],
    pub whole: u16,
}

impl Reading<'_> {
    /// [`Reading::alike`] for the many, 0 where it is less than `least`: what both begin with is taken to cost nothing, as it
    /// nearly always does.
    fn roughly_alike(&self, other: &Reading<'_>, least: f32) -> f32 {
        let same = self.sounds.iter().zip(other.sounds).take_while(|(x, y)| x == y).count();
        let (own, theirs) = (self.after(same), other.after(same));
        self.score(other, distance(&own, &theirs, self.costs_at_most(other, least)))
    }

    /// 1 minus what the edits cost, over the weight of the longer word; 0 where it is less than `least`.
    fn alike(&self, other: &Reading<'_>, least: f32) -> f32 {
        self.score(other, distance(self, other, self.costs_at_most(other, least)))
    }

    fn after(&self, sounds: usize) -> Self {
        Reading { sounds: &self.sounds[sounds..], lost: &self.lost[sounds..], whole: self.whole }
    }

    fn of_both(&self, other: &Reading<'_>) -> u16 {
        self.whole.max(other.whole).max(WHOLE)
    }

    /// What edits may cost that leave both so much alike.
    fn costs_at_most(&self, other: &Reading<'_>, alike: f32) -> u16 {
        (f32::from(self.of_both(other)) * (1.0 - alike)) as u16 + 1
    }

    fn score(&self, other: &Reading<'_>, cost: u16) -> f32 {
        (1.0 - f32::from(cost) / f32::from(self.of_both(other))).max(0.0)
    }
}

/// What it costs to lose each sound of a word.
type Losses = [u8; LONGEST];

/// The least cost of edits that make one word the other; the greatest number where it is more than `most`.
fn distance(a: &Reading, b: &Reading, most: u16) -> u16 {
    let (lost_b, b) = (&b.lost[..b.sounds.len()], b.sounds);
    let mut row = [0u16; LONGEST + 1];
    for (at, cost) in lost_b.iter().enumerate() {
        row[at + 1] = row[at] + u16::from(*cost);
    }
    let all = inventory();
    for (x, cost_a) in a.sounds.iter().zip(a.lost) {
        let near = all.near(*x);
        let cost_a = u16::from(*cost_a);
        let mut diagonal = row[0];
        row[0] += cost_a;
        let mut left = row[0];
        let mut least = left;
        for ((y, cost_b), above) in b.iter().zip(lost_b).zip(&mut row[1..]) {
            let both = diagonal + u16::from(near[usize::from(*y)]);
            diagonal = *above;
            left = both.min(*above + cost_a).min(left + u16::from(*cost_b));
            least = least.min(left);
            *above = left;
        }
        // No edit gives anything back.
        if least > most {
            return u16::MAX;
        }
    }
    row[b.len()]
}

/// The cheapest edits from one word to the other, in order: a sound of each for which one is taken, or one of either that
/// is lost, by their places, and what it costs.
pub(super) fn edits(a: &Token, b: &Token) -> Vec<(Option<usize>, Option<usize>, u16)> {
    let (xs, ys) = (&a.sounds, &b.sounds);
    let lost_a = losses(xs, a.writing, b.writing, HIATUS);
    let lost_b = losses(ys, b.writing, a.writing, HIATUS);
    let lost = |lost: &Losses, count: usize| u16::from(lost[count - 1]);
    let near = |i: usize, j: usize| u16::from(inventory().near(xs[i])[usize::from(ys[j])]);
    let mut costs = vec![vec![0u16; ys.len() + 1]; xs.len() + 1];
    for (i, j) in (0..=xs.len()).flat_map(|i| (0..=ys.len()).map(move |j| (i, j))).skip(1) {
        let both = if i > 0 && j > 0 { costs[i - 1][j - 1] + near(i - 1, j - 1) } else { u16::MAX };
        let first = if i > 0 { costs[i - 1][j] + lost(&lost_a, i) } else { u16::MAX };
        let second = if j > 0 { costs[i][j - 1] + lost(&lost_b, j) } else { u16::MAX };
        costs[i][j] = both.min(first).min(second);
    }
    let (mut i, mut j) = (xs.len(), ys.len());
    let mut steps = Vec::new();
    while i > 0 || j > 0 {
        let here = costs[i][j];
        if i > 0 && j > 0 && here == costs[i - 1][j - 1] + near(i - 1, j - 1) {
            (i, j) = (i - 1, j - 1);
            steps.push((Some(i), Some(j), near(i, j)));
        } else if i > 0 && here == costs[i - 1][j] + lost(&lost_a, i) {
            i -= 1;
            steps.push((Some(i), None, lost(&lost_a, i + 1)));
        } else {
            j -= 1;
            steps.push((None, Some(j), lost(&lost_b, j + 1)));
        }
    }
    steps.reverse();
    steps
}

/// What it costs to lose each sound of a word; `hiatus` is what it costs at least beside another vowel.
fn losses(word: &[Sound], own: Writing, other: Writing, hiatus: u8) -> Losses {
    let all = inventory();
    let lost = all.lost(own, other);
    let mut costs = [0u8; LONGEST];
    let mut before = None;
    for (cost, sound) in costs.iter_mut().zip(word) {
        *cost = if before == Some(*sound) { 5 } else { lost[usize::from(*sound)] };
        before = Some(*sound);
    }
    if let [first, ..] = word {
        let vowel = all.is_vowel(*first);
        if vowel && (own, other) == (Writing::Full, Writing::Full) {
            // A first vowel is rarely lost.
            costs[0] = costs[0].max(50);
        } else if !vowel && costs[0] >= 80 {
            // Nor is a first consonant.
            costs[0] = costs[0].saturating_add(30);
        }
    }
    if let [.., last] = word
        && all.weight(*last) == 40
    {
        // A final h is rarely heard.
        costs[word.len() - 1] = 10;
    }
    if (own, other) == (Writing::Full, Writing::Full) {
        keep_hiatus(word, &mut costs, hiatus);
    }
    costs
}

/// Two vowels of which the first is *a* or *i* are rarely one of them: Raisi is not Rasi, Ali not Alia. But *ei* is *e* in
/// many mouths, *ou* is *o*, *eo* is how Koreans write one vowel.
fn keep_hiatus(word: &[Sound], costs: &mut Losses, hiatus: u8) {
    let all = inventory();
    let vowel = |at: usize| word.get(at).map_or(Vowel::None, |s| all.vowel(*s));
    let (mut before, mut first, mut second) = (Vowel::None, vowel(0), vowel(1));
    for at in 1..word.len() {
        let after = vowel(at + 1);
        if before == Vowel::None && after == Vowel::None && second != Vowel::None && word[at - 1] != word[at] {
            match first {
                Vowel::A => {
                    costs[at - 1] = costs[at - 1].max(hiatus);
                    costs[at] = costs[at].max(hiatus);
                }
                // An i before a vowel is no more than a softer consonant: Liubomir.
                Vowel::I => costs[at] = costs[at].max(hiatus),
                Vowel::Other | Vowel::None => {}
            }
        }
        (before, first, second) = (first, second, after);
    }
}
