//! The notation of phrases: `translated from [the ]{language}[ by {name}]`, `… according to {outlet} …`.
//!
//! `[…]` may be left out, of `(a|b)` either stands, and slots are in braces. An ellipsis in front lets a sentence go before,
//! one behind lets it go on; joined to its neighbour, it may be the same word that does.

use super::letters::fold;

/// What stands at a place of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Folded letters.
    Letters(Vec<char>),
    Language,
    Name,
    Outlet,
    /// A program that translates.
    Machine,
}

/// What may stand around a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing of its sentence.
    Closed,
    /// Other words.
    Words,
    /// More of the same word.
    Letters,
}

/// One of the phrases that a line of the data stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) parts: Vec<Part>,
    pub(super) before: Edge,
    pub(super) after: Edge,
}

/// All phrases that a line stands for, or what is wrong with it.
pub(super) fn read(line: &str) -> Result<Vec<Pattern>, String> {
    let mut patterns = Vec::new();
    for written in expand(line)? {
        let (before, rest) = match written.strip_prefix('…') {
            Some(rest) => (if rest.starts_with(' ') { Edge::Words } else { Edge::Letters }, rest),
            None => (Edge::Closed, written.as_str()),
        };
        let (after, rest) = match rest.strip_suffix('…') {
            Some(rest) => (if rest.ends_with(' ') { Edge::Words } else { Edge::Letters }, rest),
            None => (Edge::Closed, rest),
        };
        let parts = parts(rest.trim())?;
        if !parts.iter().any(|part| matches!(part, Part::Letters(_))) {
            return Err(format!("“{line}” may have no words"));
        }
        patterns.push(Pattern { parts, before, after });
    }
    Ok(patterns)
}

/// A line without brackets, once for each choice.
fn expand(line: &str) -> Result<Vec<String>, String> {
    let Some(open) = line.find(['[', '(']) else { return Ok(vec![line.to_owned()]) };
    let optional = line[open..].starts_with('[');
    let close = closing(line, open).ok_or_else(|| format!("a bracket of “{line}” is not closed"))?;
    let inside = &line[open + 1..close];
    let mut choices = alternatives(inside);
    if optional {
        choices.push("");
    }
    let mut lines = Vec::new();
    for choice in choices {
        lines.extend(expand(&format!("{}{choice}{}", &line[..open], &line[close + 1..]))?);
    }
    Ok(lines)
}

fn closing(line: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in line[open..].char_indices() {
        match letter {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + at);
        }
    }
    None
}

/// Parted by bars outside of further brackets.
fn alternatives(inside: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, letter) in inside.char_indices() {
        match letter {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            '|' if depth == 0 => {
                found.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&inside[start..]);
    found
}

fn parts(phrase: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    for (at, piece) in phrase.split('{').enumerate() {
        let mut words = piece;
        if at > 0 {
            let (slot, rest) = piece.split_once('}').ok_or_else(|| format!("a brace of “{phrase}” is not closed"))?;
            parts.push(match slot {
                "language" => Part::Language,
                "name" => Part::Name,
                "outlet" => Part::Outlet,
                "machine" => Part::Machine,
                _ => return Err(format!("“{phrase}” has a slot {{{slot}}}")),
            });
            words = rest;
        }
        let folded = folded(words);
        if !folded.is_empty() {
            parts.push(Part::Letters(folded));
        }
    }
    Ok(parts)
}

/// The letters of a piece. A space in front, which folding leaves out, parts it from its slot.
fn folded(piece: &str) -> Vec<char> {
    let space = piece.starts_with(' ').then_some(' ');
    space.into_iter().chain(fold(piece).chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Edge, Part, read};

    fn written(line: &str) -> Vec<String> {
        let patterns = read(line).expect("a phrase");
        let part = |part: &Part| match part {
            Part::Letters(letters) => letters.iter().collect(),
            slot => format!("{slot:?}"),
        };
        patterns.iter().map(|pattern| pattern.parts.iter().map(part).collect::<Vec<_>>().join("_")).collect()
    }

    #[test]
    fn brackets_are_choices() {
        let phrases = written("(Translated|translation) from [the ]{language}[ by {name}]");
        assert_eq!(phrases.len(), 8);
        assert!(phrases.contains(&"translated from the _Language_ by _Name".to_owned()));
        assert!(phrases.contains(&"translation from _Language".to_owned()));
    }

    #[test]
    fn ellipses_let_sentences_go_on() {
        let edges = |line| read(line).map(|patterns| (patterns[0].before, patterns[0].after));
        assert_eq!(edges("… according to {outlet} …"), Ok((Edge::Words, Edge::Words)));
        assert_eq!(edges("{outlet}에 따르면…"), Ok((Edge::Closed, Edge::Letters)));
    }

    #[test]
    fn mistakes_are_told() {
        for line in ["a [b", "a {nobody}", "{name}", "a {name"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
