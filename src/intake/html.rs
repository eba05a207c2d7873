//! A page to its article, and to what it says of itself.

use dom_smoothie::{Config, Readability, TextMode};

use super::article::{self, one_line};
use super::page::Declared;
use super::{Extracted, IntakeError, Limits, Signs, clean, dates, page, shape};

/// Bytes of a page at most, where the sender's limit does not apply.
pub const LARGEST_PAGE: usize = 64 << 20;

/// Extracts the article of a page.
///
/// # Errors
/// When the page is beyond the limits or the parser gives up.
pub fn extract(written: &str, url: Option<&str>, limits: &Limits) -> Result<Extracted, IntakeError> {
    shape::check(written, limits)?;
    // Classes tell captions and teasers from the article.
    let config = Config { text_mode: TextMode::Raw, keep_classes: true, ..Config::default() };
    let mut reader =
        Readability::new(written, None, Some(config)).map_err(|e| IntakeError::Unreadable(e.to_string()))?;
    let declared = Declared::gather(&reader.doc, url);
    let language = page::language(&declared);
    let mut about = page::read(&reader.doc, &declared);
    let signs = Signs {
        declared_article: page::is_declared_article(&declared),
        not_free: page::is_not_free(&declared),
        ..Signs::default()
    };
    let headline = page::headline(&declared);
    let titled = |title: &str| tidy(title).map(|title| without_site(title, headline.as_deref()));
    let Ok(found) = reader.parse() else {
        let title = titled(&reader.get_article_title());
        return Ok(Extracted { title, language, page: Some(about), ..without_article(written, signs) });
    };
    about.published_at =
        about.published_at.or_else(|| dates::moment(found.published_time.as_deref()?, language.as_deref()));
    about.modified_at =
        about.modified_at.or_else(|| dates::moment(found.modified_time.as_deref()?, language.as_deref()));
    let title = titled(&found.title);
    let read = article::read(&found.content, &one_line(title.as_deref().unwrap_or_default()));
    let (text, notes) = clean(&read.paragraphs.join("\n\n"));
    let caption = tidy(&read.captions.join("\n"));
    // What the page says for machines is not run together with the date beside it.
    let byline = tidy(&about.authors.join(", ")).or_else(|| found.byline.as_deref().map(parted).and_then(|b| tidy(&b)));
    // Of a list of links Readability takes the one that looks best; only the whole page shows what it is.
    let linked = if read.listing.is_some() { article::read(written, "") } else { read };
    let signs = Signs { link_share: linked.link_share, listing: linked.listing, ..signs };
    Ok(Extracted { title, byline, caption, text, language, page: Some(about), signs, notes })
}

fn tidy(text: &str) -> Option<String> {
    Some(clean(text).0.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A title without the name of the site behind it, where the page names its headline alone elsewhere.
fn without_site(title: String, headline: Option<&str>) -> String {
    const SEPARATORS: [char; 9] = ['|', '-', '–', '—', '·', '•', '»', '/', '«'];
    let parts = headline.and_then(|headline| Some((headline, title.strip_prefix(headline)?)));
    match parts.filter(|(_, rest)| rest.trim_start().starts_with(SEPARATORS)) {
        Some((headline, _)) => headline.to_owned(),
        None => title,
    }
}

/// A byline of several elements that stand beside each other without a space: "Anna SmithNovember 15", "ANNA SMITHReuters".
fn parted(byline: &str) -> String {
    // Inside of names.
    const JOINED: [&str; 8] = ["Mc", "Mac", "De", "Di", "La", "Le", "Van", "Fitz"];
    let letters: Vec<char> = byline.chars().collect();
    let mut out = String::with_capacity(byline.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let before = &letters[..at];
        let next_is_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let word = before.rsplit(|c| !c.is_alphabetic()).next().unwrap_or_default();
        let ends_small = word.last().is_some_and(|last| last.is_lowercase());
        let in_capitals = word.len() > 2 && word.iter().all(|c| c.is_uppercase());
        let joined = JOINED.iter().any(|start| word.iter().copied().eq(start.chars()));
        if letter.is_uppercase() && next_is_small && (ends_small && !joined || in_capitals) {
            out.push_str(", ");
        }
        out.push(*letter);
    }
    out
}

/// What can be said of a page on which no article stands out: whatever text it has.
fn without_article(written: &str, signs: Signs) -> Extracted {
    let read = article::read(written, "");
    let (text, mut notes) = clean(&read.paragraphs.join("\n\n"));
    notes.push("no article stands out on the page; all of its text was taken".into());
    Extracted {
        text,
        notes,
        signs: Signs { link_share: read.link_share, listing: read.listing, ..signs },
        ..Extracted::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(page: &str) -> Result<Extracted, IntakeError> {
        super::extract(page, None, &Limits::default())
    }

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
    fn parts_of_a_byline_are_told_apart() {
        for (run_together, apart) in [
            ("By Carrie ArnoldNovember 15, 2019", "By Carrie Arnold, November 15, 2019"),
            ("ERIC TUCKERAssociated Press", "ERIC TUCKER, Associated Press"),
            ("Ian McDonald and Ana DeSouza", "Ian McDonald and Ana DeSouza"),
            ("İlham Əliyev", "İlham Əliyev"),
        ] {
            assert_eq!(parted(run_together), apart);
        }
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_a_title() {
        let paragraph = "The two presidents spoke of trade and of transport for an hour. ".repeat(8);
        for (title, headline, expected) in [
            ("Talks in Baku | Example News", "Talks in Baku", "Talks in Baku"),
            ("Talks in Baku go on", "Talks in Baku", "Talks in Baku go on"),
            ("Talks in Baku", "Other words", "Talks in Baku"),
        ] {
            let data = format!(r#"{{"@graph":[{{"@type":"NewsArticle","headline":"{headline}"}}]}}"#);
            let page = format!(
                "<title>{title}</title><script type=application/ld+json>{data}</script><article><p>{paragraph}</p></article>"
            );
            assert_eq!(extract(&page).unwrap().title.as_deref(), Some(expected));
        }
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
        assert_eq!(extract(&"<div>".repeat(100_000)), Err(IntakeError::TooDeep(512)));
    }

    #[test]
    fn a_page_without_an_article_still_says_what_it_says() {
        let extracted = extract("<title>T</title><body><p>Kısa.</p></body>").unwrap();
        assert!(extracted.text.contains("Kısa."), "{extracted:?}");
    }
}
