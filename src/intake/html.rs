//! A page to its article: title, byline, text.

use dom_smoothie::{Config, Readability, TextMode};

use super::{Extracted, IntakeError, clean};

/// Pages that nest deeper are refused: they are made to exhaust parsers.
pub const MAX_DEPTH: usize = 512;

/// Extracts the article of a page.
///
/// # Errors
/// When the page nests too deep or the parser gives up.
pub fn extract(page: &str) -> Result<Extracted, IntakeError> {
    if depth(page) > MAX_DEPTH {
        return Err(IntakeError::TooDeep);
    }
    let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
    let mut reader = Readability::new(page, None, Some(config)).map_err(|e| IntakeError::Unreadable(e.to_string()))?;
    let language = declared_language(page);
    let captions: Vec<String> = reader
        .doc
        .select("figcaption")
        .iter()
        .map(|caption| one_line(&caption.text()))
        .filter(|c| !c.is_empty())
        .collect();
    let article = match reader.parse() {
        Ok(article) => article,
        Err(_) => return Ok(without_article(page, language)),
    };
    let (text, mut notes) = clean(&article.text_content);
    let (text, caption) = without_captions(&text, &captions);
    let tidy = |text: &str| Some(clean(text).0.trim().to_owned()).filter(|t| !t.is_empty());
    if text.is_empty() {
        notes.push("no article was found on the page".into());
    }
    Ok(Extracted {
        title: tidy(&article.title),
        byline: article.byline.as_deref().and_then(tidy),
        caption,
        text,
        language,
        notes,
    })
}

/// What can be said of a page on which no article stands out: its title and whatever text it has.
fn without_article(page: &str, language: Option<String>) -> Extracted {
    let document = dom_smoothie::Readability::new(page, None, None).ok();
    let title = document.as_ref().map(|d| d.get_article_title().to_string()).filter(|t| !t.trim().is_empty());
    let body = document.map(|d| d.doc.select("body").formatted_text().to_string()).unwrap_or_default();
    let (text, mut notes) = clean(&body);
    notes.push("no article stands out on the page; all of its text was taken".into());
    Extracted { title: title.map(|t| clean(&t).0), text, language, notes, ..Extracted::default() }
}

/// The text without the lines that are captions, and those captions.
fn without_captions(text: &str, captions: &[String]) -> (String, Option<String>) {
    let is_caption = |line: &&str| captions.contains(&one_line(line));
    let (below, kept): (Vec<&str>, Vec<&str>) = text.lines().partition(is_caption);
    let caption: Vec<String> = below.into_iter().map(one_line).collect();
    let caption = (!caption.is_empty()).then(|| caption.join("\n"));
    if caption.is_none() { (text.to_owned(), None) } else { (clean(&kept.join("\n")).0, caption) }
}

fn one_line(text: &str) -> String {
    clean(text).0.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn declared_language(page: &str) -> Option<String> {
    let at = page.find("<html").or_else(|| page.find("<HTML"))?;
    let tag = page[at..].split('>').next()?;
    let value = tag.split("lang=").nth(1)?.trim_start_matches(['"', '\'']);
    let language: String = value.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    (2..=35).contains(&language.len()).then_some(language)
}

/// How deep the elements nest at most, read off the tags alone.
fn depth(page: &str) -> usize {
    const VOID: [&str; 14] =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p"];
    let (mut depth, mut deepest) = (0usize, 0usize);
    for part in page.split('<').skip(1) {
        if part.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let name: String =
            part.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let closed = part.split('>').next().is_some_and(|tag| tag.ends_with('/'));
        if !name.is_empty() && !closed && !VOID.contains(&name.as_str()) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_found_among_menus() {
        let paragraph = "Президент Ильхам Алиев встретился в Ашхабаде с президентом Ирана и обсудил с ним торговлю, транспорт и газ. ";
        let page = format!(
            "<html lang=\"ru\"><head><title>Встреча</title></head><body><nav><a href=/>Главная</a></nav><article><h1>Встреча</h1><p>{0}</p><p>{0}</p><p>{0}</p></article><footer>©</footer></body></html>",
            paragraph.repeat(4)
        );
        let extracted = extract(&page).unwrap();
        assert_eq!(extracted.title.as_deref(), Some("Встреча"));
        assert_eq!(extracted.language.as_deref(), Some("ru"));
        assert!(extracted.text.contains("Ильхам Алиев") && !extracted.text.contains("Главная"), "{}", extracted.text);
    }

    #[test]
    fn captions_are_no_text() {
        let paragraph =
            "The two presidents spoke of trade and of transport between their countries for an hour. ".repeat(6);
        let page = format!(
            "<title>T</title><article><p>{paragraph}</p><figure><img src=a.jpg><figcaption>Ilham  Aliyev in\nBaku</figcaption></figure><p>{paragraph}</p></article>"
        );
        let extracted = extract(&page).unwrap();
        assert_eq!(extracted.caption.as_deref(), Some("Ilham Aliyev in Baku"), "{}", extracted.text);
        assert!(!extracted.text.contains("Aliyev"), "{}", extracted.text);
    }

    #[test]
    fn a_page_made_to_exhaust_parsers_is_refused() {
        assert_eq!(extract(&"<div>".repeat(100_000)), Err(IntakeError::TooDeep));
    }

    #[test]
    fn a_page_without_an_article_still_says_what_it_says() {
        let extracted = extract("<title>T</title><body><p>Kısa.</p></body>").unwrap();
        assert!(extracted.text.contains("Kısa."), "{extracted:?}");
    }
}
