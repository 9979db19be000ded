//! What the outside systems of the box have in common as programs: how they are stopped, and the page that shows what they were given.
//!
//! Nothing of what any of them does, and nothing of the product.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}article{border:1px solid #8a94a3;\
border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
small{color:#4a5566}@media(prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}small{color:#aab5c4}}";

/// Ends at Ctrl-C, or at the end of standard input when the one who started the program asked for that, so that none outlives the box it belongs to.
pub async fn stop(with_stdin: bool) {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let abandoned = async {
        if with_stdin {
            // Read to the end: the parent holds the other end and never writes.
            let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = abandoned => {}
    }
}

/// A message on [`page`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What stands largest.
    pub heading: String,
    /// A small line below it.
    pub line: String,
    /// What it says, with its line breaks.
    pub text: String,
}

/// The page that shows what was given, in the order it is given here.
pub fn page(title: &str, messages: impl Iterator<Item = Shown>) -> Markup {
    let mut messages = messages.peekable();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    @if messages.peek().is_none() { p { "–" } }
                    @for message in messages {
                        article {
                            h2 { (message.heading) }
                            small { (message.line) }
                            pre { (message.text) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_each_message_or_that_there_is_none() {
        let shown = |count: usize| {
            let message =
                |n| Shown { heading: format!("To {n}"), line: "From <us>".to_owned(), text: "One\ntwo".to_owned() };
            page("Mail", (0..count).map(message)).into_string()
        };
        assert!(shown(0).contains("<h1>Mail</h1><p>–</p>"));
        let article = "<article><h2>To 1</h2><small>From &lt;us&gt;</small><pre>One\ntwo</pre></article>";
        assert!(shown(2).contains(article) && !shown(2).contains("<p>"));
    }
}
