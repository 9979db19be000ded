use proptest::prelude::*;

use super::super::files::{
    DRAFTS_MAX_BYTES, FILE_MAX_BYTES, FileError, FileKind, MAX_FILES, TOTAL_MAX_BYTES, check, clean_name,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00";

#[test]
fn a_file_is_what_its_bytes_say_whatever_it_is_called() {
    for (bytes, expected) in [
        (&b"%PDF-1.7\n%\xe2\xe3"[..], Some(FileKind::Pdf)),
        (b"%PDF-2.0", Some(FileKind::Pdf)),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", Some(FileKind::Jpeg)),
        (PNG, Some(FileKind::Png)),
        (b"%PDF", None),
        (b"%PDF-x", None),
        (b" %PDF-1.4", None),
        (b"\xff\xd8", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
        (b"GIF89a", None),
        (b"II*\x00", None),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\">", None),
        (b"<!doctype html>", None),
        (b"", None),
    ] {
        assert_eq!(FileKind::of(bytes), expected, "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn there_is_room_until_the_last_byte_and_no_further() {
    let of_size = |size: usize| [PNG, &vec![0; size - PNG.len()]].concat();
    let largest = of_size(FILE_MAX_BYTES);
    let many = [1; MAX_FILES];
    let near = [TOTAL_MAX_BYTES - FILE_MAX_BYTES];
    for (bytes, here, in_drafts, expected) in [
        (Some(&largest[..]), &[][..], 0, Ok(FileKind::Png)),
        (Some(&largest[..]), &near[..], 0, Ok(FileKind::Png)),
        (Some(&largest[..]), &[TOTAL_MAX_BYTES - FILE_MAX_BYTES + 1][..], 0, Err(FileError::Together)),
        (Some(&largest[..]), &[][..], DRAFTS_MAX_BYTES - FILE_MAX_BYTES, Ok(FileKind::Png)),
        (Some(&largest[..]), &[][..], DRAFTS_MAX_BYTES - FILE_MAX_BYTES + 1, Err(FileError::Drafts)),
        (Some(PNG), &many[1..], 0, Ok(FileKind::Png)),
        (Some(PNG), &many[..], 0, Err(FileError::Many)),
        (None, &[][..], 0, Err(FileError::Large)),
        (Some(&b""[..]), &[][..], 0, Err(FileError::Empty)),
        (Some(&b"hei"[..]), &[][..], 0, Err(FileError::Kind)),
    ] {
        assert_eq!(check(bytes, here.iter().copied(), in_drafts), expected, "{here:?} {in_drafts}");
    }
    assert_eq!(check(Some(&of_size(FILE_MAX_BYTES + 1)), std::iter::empty(), 0), Err(FileError::Large));
}

#[test]
fn a_name_names_no_folder_and_ends_as_the_file_is() {
    for (name, kind, expected) in [
        ("Kne.jpg", FileKind::Jpeg, "Kne.jpg"),
        ("Kne.JPEG", FileKind::Jpeg, "Kne.jpeg"),
        ("../../etc/passwd", FileKind::Pdf, "passwd.pdf"),
        ("C:\\Users\\Kari\\Blå  prøve.pdf", FileKind::Pdf, "Blå prøve.pdf"),
        ("regning.exe", FileKind::Pdf, "regning.exe.pdf"),
        ("gpj.\u{202e}exe.png", FileKind::Png, "gpj.exe.png"),
        ("a\r\nSet-Cookie: x.png", FileKind::Png, "a Set-Cookie x.png"),
        ("\"><script>.png", FileKind::Png, "script.png"),
        (".png", FileKind::Png, "png.png"),
        ("...", FileKind::Png, ""),
        ("", FileKind::Png, ""),
    ] {
        assert_eq!(clean_name(name, Some(kind)), expected, "{name:?}");
    }
    assert_eq!(clean_name("a/skjema.docx", None), "skjema.docx", "what is not taken keeps its name");
    assert!(clean_name(&"å".repeat(500), Some(FileKind::Pdf)).chars().count() < 100);
}

proptest! {
    #[test]
    fn what_begins_as_a_kind_is_that_kind_whatever_follows(tail in proptest::collection::vec(any::<u8>(), 0..64)) {
        for (head, kind) in [(&b"%PDF-1"[..], FileKind::Pdf), (b"\xff\xd8\xff", FileKind::Jpeg), (&PNG[..16], FileKind::Png)] {
            prop_assert_eq!(FileKind::of(&[head, &tail].concat()), Some(kind));
        }
    }

    #[test]
    fn no_bytes_are_two_kinds_and_none_are_taken_for_what_they_do_not_begin_as(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let begins = [&b"%PDF-"[..], b"\xff\xd8\xff", b"\x89PNG"].iter().any(|head| bytes.starts_with(head));
        prop_assert!(begins || FileKind::of(&bytes).is_none());
    }

    #[test]
    fn a_cleaned_name_is_short_harmless_and_cleaning_it_again_changes_nothing(name in any::<String>()) {
        for kind in FileKind::ALL {
            let cleaned = clean_name(&name, Some(kind));
            prop_assert!(cleaned.chars().count() < 100);
            prop_assert!(!cleaned.contains(['/', '\\', '"', '\r', '\n', ';', '\0']) && !cleaned.starts_with('.'));
            prop_assert!(cleaned.is_empty() || FileKind::ALL.iter().any(|one| *one == kind && cleaned.contains('.')));
            prop_assert_eq!(clean_name(&cleaned, Some(kind)), cleaned);
        }
    }
}
