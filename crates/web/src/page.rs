use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use varde_base::Language;

use crate::l10n::{language_name, text};
use crate::{Icon, Visitor, assets, ui};

/// A whole page: the frame that is the same everywhere, around what the page is about.
#[derive(Debug)]
pub struct Page<'a> {
    /// Title of the page.
    pub title: &'a ui::Title,
    /// The language of the page.
    pub language: Language,
    /// Who sees it; `None` for somebody who has not signed in.
    pub visitor: Option<&'a Visitor>,
    /// Path and query of the page, for the language links.
    pub path: &'a str,
    /// What the page is about.
    pub main: &'a Markup,
}

impl IntoResponse for Page<'_> {
    fn into_response(self) -> Response {
        let mut response = self.markup().into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.language.tag()));
        headers.insert(header::VARY, HeaderValue::from_static("Cookie, Accept-Language"));
        response
    }
}

impl Page<'_> {
    fn markup(&self) -> Markup {
        let text = text(self.language);
        let title = if self.title.failed {
            text.msg_web_error_prefix(self.title.title.as_str())
        } else {
            self.title.title.clone()
        };
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " – " (text.msg_web_name()) }
                    link rel="icon" type="image/svg+xml" href=(assets::mark());
                    link rel="preload" as="font" type="font/woff2" href=(assets::font()) crossorigin="anonymous";
                    link rel="stylesheet" href=(assets::style());
                    script type="module" src=(assets::script()) {}
                }
                body data-color-scheme="auto" {
                    a.skip href="#main" { (text.msg_web_skip()) }
                    (self.header())
                    main #main tabindex="-1" { (self.main) }
                    (self.footer())
                }
            }
        }
    }

    fn header(&self) -> Markup {
        let text = text(self.language);
        html! {
            header.site-header {
                div.inner {
                    a.brand href="/" { (ui::mark()) span { (text.msg_web_name()) } }
                    @match self.visitor {
                        None => a.ds-button data-variant="secondary" href="/sign-in" { (text.msg_web_sign_in()) },
                        Some(visitor) => div.who {
                            span.who-name { (ui::icon(Icon::Person)) span { (text.msg_web_signed_in_as(&*visitor.actor.name)) } }
                            (ui::form("/sign-out", visitor, html! {
                                button.ds-button data-variant="tertiary" type="submit" { (text.msg_web_sign_out()) }
                            }))
                        },
                    }
                }
            }
            @if let Some(person) = self.visitor.and_then(|visitor| visitor.acting_for.as_ref()) {
                div.acting-for role="status" {
                    div.inner {
                        (ui::icon(Icon::People))
                        strong { (text.msg_web_acting_for(&*person.name)) }
                        a href="/act-for" { (text.msg_web_switch_back()) }
                    }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        let text = text(self.language);
        html! {
            footer.site-footer {
                div.inner {
                    p { strong { (text.msg_web_footer_emergency()) } }
                    nav aria-label=(text.msg_web_languages()) {
                        ul.languages {
                            @for language in Language::ALL {
                                li {
                                    a href=(self.in_language(language)) lang=(language.tag()) hreflang=(language.tag())
                                        aria-current=[(language == self.language).then_some("true")] {
                                        (language_name(language))
                                    }
                                }
                            }
                        }
                    }
                    p { a.ds-link href="/rule-book" { (text.msg_web_footer_rules()) } }
                    p { (text.msg_web_footer_about()) }
                }
            }
        }
    }

    /// The same page in another language.
    fn in_language(&self, language: Language) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let pairs: Vec<&str> = kept.collect();
        let rest = if pairs.is_empty() { String::new() } else { format!("{}&", pairs.join("&")) };
        format!("{path}?{rest}lang={language}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, main: &Markup) -> String {
        let title = ui::Title { title: "Timer".to_owned(), failed: true };
        Page { title: &title, language: Language::Nb, visitor: None, path, main }.markup().into_string()
    }

    #[test]
    fn the_frame_names_language_title_and_a_way_past_itself() {
        let html = page("/appointments?from=x&lang=en", &html! { p { "<hei>" } });
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"nb\">"));
        assert!(html.contains("<title>Feil: Timer – Varde</title>"));
        assert!(html.contains("href=\"/rule-book\""));
        assert!(html.contains("href=\"#main\"") && html.contains("id=\"main\""));
        assert!(html.contains("/appointments?from=x&amp;lang=se"), "{html}");
    }
}
