//! The provider's pages: plain HTML without script.

use maud::{DOCTYPE, Markup, html};
use varde_base::Language;

use crate::authorize::LEVELS;
use crate::config::Person;
use crate::texts::text;

const STYLE: &str = "body{font:1.05rem/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#1b2430}\
main{max-width:40rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem}\
.banner{background:#ffe9b8;color:#3d2c00;padding:.75rem 1rem;text-align:center;font-weight:600}\
fieldset{border:0;padding:0;margin:0 0 1.5rem}legend{font-weight:600;padding:0;margin-bottom:.5rem}\
label.person,label.level{display:flex;gap:.75rem;align-items:flex-start;padding:.65rem .75rem;border:1px solid #8a94a3;\
border-radius:.5rem;margin-bottom:.4rem;cursor:pointer}label small{display:block;color:#4a5566}\
input[type=text]{font:inherit;padding:.6rem;border:1px solid #5a6575;border-radius:.4rem;width:100%;max-width:18rem;\
background:inherit;color:inherit}\
button{font:inherit;padding:.7rem 1.4rem;border-radius:.4rem;border:2px solid #1d4f91;background:#1d4f91;color:#fff;cursor:pointer;\
margin:0 .75rem .75rem 0}button.quiet{background:transparent;color:#1d4f91}\
.error{background:#fde5e3;color:#7a1710;padding:.75rem 1rem;border-radius:.4rem}\
:focus-visible{outline:3px solid #1d4f91;outline-offset:2px}\
@media(prefers-color-scheme:dark){body{background:#12171e;color:#e6ebf2}label small{color:#aab5c4}\
button.quiet{color:#9cc3f5;border-color:#9cc3f5}.error{background:#4a1713;color:#ffd9d5}:focus-visible{outline-color:#9cc3f5}}";

fn frame(language: Language, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (text(language, "title")) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                header.banner { (text(language, "banner")) }
                main { (main) }
            }
        }
    }
}

/// Whom to sign in as.
pub(crate) fn choose(people: &[Person], request: &str, language: Language, failed: bool) -> Markup {
    let t = |key| text(language, key);
    let main = html! {
        h1 { (t("title")) }
        @if failed { p.error role="alert" #error { (t("error")) } }
        form method="post" action="/choose" {
            input type="hidden" name="request" value=(request);
            input type="hidden" name="language" value=(language.tag());
            fieldset {
                legend { (t("intro")) }
                @for person in people {
                    label.person {
                        input type="radio" name="person" value=(person.national_id);
                        span { strong { (person.name) } small { (person.story) } }
                    }
                }
            }
            p {
                label for="typed" { (t("other")) } br;
                input #typed type="text" name="typed" inputmode="numeric" autocomplete="off" maxlength="11"
                    aria-describedby=[failed.then_some("error")];
            }
            fieldset {
                legend { (t("level")) }
                @for (level, words) in LEVELS.iter().zip([t("high"), t("substantial")]) {
                    label.level {
                        input type="radio" name="level" value=(level) checked[*level == LEVELS[0]];
                        span { (words) }
                    }
                }
            }
            button type="submit" { (t("submit")) }
            button.quiet type="submit" name="cancel" value="1" { (t("cancel")) }
        }
    };
    frame(language, &main)
}

/// The form was older than sign-ins are kept.
pub(crate) fn too_late(language: Language) -> Markup {
    frame(language, &html! { h1 { (text(language, "title")) } p { (text(language, "too-late")) } })
}

/// What this is, for somebody who comes to the root.
pub(crate) async fn about() -> Markup {
    let language = Language::default();
    frame(language, &html! { h1 { (text(language, "title")) } p { (text(language, "about")) } })
}
