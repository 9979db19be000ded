use serde_json::Value;

use super::super::drafts::{About, Content, Draft, DraftFile, Held, kept};
use super::super::files::{DRAFTS_MAX_BYTES, FILE_MAX_BYTES, FileError, FileKind};
use super::pages::with_office;
use super::{filled, held};
use crate::shared::testing::{NOW, Portal, visitor};

const FORM: &str = "/messages/write/contact";

fn content(text: &str) -> Content {
    let about = About::New("contact".into());
    Content { about, topic: "Attest".into(), text: text.into(), files: Vec::new(), without: None }
}

fn file(id: &str, bytes: usize) -> DraftFile {
    DraftFile { id: id.into(), name: format!("{id}.pdf"), kind: FileKind::Pdf, bytes }
}

fn texts(drafts: &[Draft]) -> Vec<&str> {
    drafts.iter().map(|draft| draft.text.as_str()).collect()
}

#[test]
fn a_draft_takes_the_place_of_the_one_it_was_filled_in_from_and_of_no_other() {
    let now = NOW.parse().unwrap();
    let mut drafts = Vec::new();
    let save = |drafts: &mut Vec<Draft>, held: &Held, text: &str, fresh: &str| {
        let saved = kept(drafts, held, &content(text), fresh, now).unwrap();
        (saved.draft.held(), saved.beside)
    };
    let (first, beside) = save(&mut drafts, &Held::default(), "en", "a");
    assert!(!beside);
    let (second, beside) = save(&mut drafts, &first, "to", "b");
    assert!(!beside && texts(&drafts) == ["to"] && second.id == "a" && second.version == 2);
    let (third, beside) = save(&mut drafts, &first, "tre", "c");
    assert!(beside && texts(&drafts) == ["tre", "to"] && third.id == "c", "the first window was left behind");
    let (_, beside) = save(&mut drafts, &Held::default(), "fire", "d");
    assert!(beside && texts(&drafts) == ["fire", "tre", "to"], "a window from before there was any");
    let (_, beside) = save(&mut drafts, &Held { id: "gone".into(), version: 1 }, "fem", "e");
    assert!(!beside && drafts.len() == 4, "what was thrown away elsewhere is kept when it is saved again");
    let (again, beside) = save(&mut drafts, &first, "to", "f");
    assert!(!beside && again.id == "a" && drafts.len() == 4, "the same words need no second draft");
}

#[test]
fn files_follow_the_draft_and_no_more_are_kept_than_there_is_room_for() {
    let now = NOW.parse().unwrap();
    let mut drafts = Vec::new();
    let with = |files: Vec<DraftFile>| Content { files, ..content("en") };
    let saved = kept(&mut drafts, &Held::default(), &with(vec![file("f1", 10), file("f2", 10)]), "a", now).unwrap();
    let first = saved.draft.held();
    let twice = kept(&mut drafts, &Held::default(), &with(vec![file("f1", 10), file("f2", 10)]), "b", now).unwrap();
    assert_eq!((twice.draft.files.len(), twice.beside), (2, false), "the same form sent twice");
    let beside = kept(&mut drafts, &first, &content("to"), "c", now).unwrap();
    assert!(beside.beside && beside.draft.files.len() == 2, "what stands beside it shows the same files");
    let without = Content { without: Some("f1".into()), ..content("to") };
    let less = kept(&mut drafts, &beside.draft.held(), &without, "d", now).unwrap();
    assert_eq!(less.draft.files, [file("f2", 10)]);
    let before = drafts.clone();
    let many: Vec<DraftFile> = (3..8).map(|number| file(&format!("f{number}"), 1)).collect();
    let large: Vec<DraftFile> = (3..7).map(|number| file(&format!("f{number}"), FILE_MAX_BYTES)).collect();
    for (files, error) in [(many, FileError::Many), (large, FileError::Together)] {
        assert_eq!(kept(&mut drafts, &less.draft.held(), &with(files), "e", now).unwrap_err(), error);
    }
    assert_eq!(drafts, before, "and nothing that was there is lost");
    for number in 0..DRAFTS_MAX_BYTES / FILE_MAX_BYTES {
        let one = Content {
            about: About::Conversation(number.to_string()),
            ..with(vec![file(&number.to_string(), FILE_MAX_BYTES - 6)])
        };
        kept(&mut drafts, &Held::default(), &one, &format!("x{number}"), now).unwrap();
    }
    let last = Content { about: About::Conversation("last".into()), ..with(vec![file("last", 100)]) };
    assert_eq!(kept(&mut drafts, &Held::default(), &last, "y", now).unwrap_err(), FileError::Drafts);
}

#[tokio::test]
async fn two_windows_that_save_at_the_same_moment_both_keep_what_was_written_and_it_is_said() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let save = |text: &'static str| [("topic", "Attest"), ("text", text), ("form_key", text), ("then", "save")];
    let empty = held(&portal.get(&kari, FORM).await.1);
    // Nothing is saved yet, and both windows are open: of all kinds at once, so that the list itself is fought for.
    let (one, two, three) = (save("fra det ene"), save("fra det andre"), save("et annet skjema"));
    let (one, two) = (filled(&one, &empty), filled(&two, &empty));
    let (first, second, other) = tokio::join!(
        portal.post(&kari, FORM, &one),
        portal.post(&kari, FORM, &two),
        portal.post(&kari, "/messages/write/record-copy", &three)
    );
    let mut done = [first.1.as_str(), second.1.as_str()];
    done.sort_unstable();
    assert_eq!(done, ["/messages?done=both", "/messages?done=saved"]);
    assert_eq!(other.1, "/messages?done=saved");
    let (_, list) = portal.get(&kari, "/messages?done=both").await;
    assert!(list.contains("Begge utkastene er lagret") && list.matches("?draft=").count() == 3, "{list}");
    let links: Vec<&str> =
        list.split("href=\"").filter_map(|rest| rest.split_once('"')).map(|(link, _)| link).collect();
    let mut found = Vec::new();
    for link in links.into_iter().filter(|link| link.contains("?draft=")) {
        let (_, page) = portal.get(&kari, link).await;
        found.extend(
            ["fra det ene</textarea>", "fra det andre</textarea>", "et annet skjema</textarea>"]
                .into_iter()
                .filter(|words| page.contains(words)),
        );
    }
    assert_eq!(found.len(), 3, "{found:?}");
}

#[tokio::test]
async fn what_another_window_has_saved_is_shown_before_it_is_sent_or_thrown_away() {
    let portal = Portal::new();
    with_office(&portal, None, Value::Null).await;
    let kari = visitor("kari", 1);
    let with = |then: &'static str, text: &'static str| {
        [("topic", "Attest"), ("text", text), ("form_key", text), ("then", then)]
    };
    portal.post(&kari, FORM, &with("save", "først")).await;
    let old = held(&portal.get(&kari, FORM).await.1);
    portal.post(&kari, FORM, &filled(&with("save", "siden"), &old)).await;
    for then in ["", "discard"] {
        let (status, page) = portal.post(&kari, FORM, &filled(&with(then, "mitt"), &old)).await;
        assert_eq!(status, 409, "{then}");
        assert!(
            page.contains("mitt</textarea>") && page.contains("<p>siden</p>") && page.contains("annet vindu"),
            "{page}"
        );
        assert_eq!(held(&page)[1].1, "2", "from now on it is about what is there");
    }
    let now = held(&portal.get(&kari, FORM).await.1);
    assert_eq!(portal.post(&kari, FORM, &filled(&with("", "mitt"), &now)).await.0, 303);
    assert!(!portal.get(&kari, "/messages").await.1.contains("?draft="), "it is sent, and looked at before");
    let (status, page) = portal.post(&kari, FORM, &filled(&with("", "etterpå"), &now)).await;
    assert!(status == 409 && page.contains("etterpå</textarea>") && held(&page)[0].1.is_empty(), "{page}");
}
