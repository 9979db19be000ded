use super::super::pdf::{Block, Paper, write};

fn paper(blocks: Vec<Block>) -> Paper {
    Paper { title: "Dearvvašvuođačoahkkáigeassu / Summary".into(), language: "se", blocks }
}

#[test]
fn a_tagged_pdf_is_made_that_passes_the_checks_for_accessible_ones() {
    let long = "Et langt ord: ".to_owned() + &"x".repeat(300) + " og mange " + &"ord ".repeat(200);
    let blocks = vec![
        Block::Paragraph("Áhčči čállá đŋšŧž ČĐŊŠŦŽ".into()),
        Block::Heading("Allergiijat / Allergies".into()),
        Block::List(vec![("Nihtit".into(), "sáhttá leat heakkavárálaš".into()), ("Penicillin".into(), String::new())]),
        Block::Heading("Dálkasat / Medicines".into()),
        Block::Paragraph(long),
    ];
    let bytes = write(&paper(blocks)).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let has = |words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    for words in [&b"/StructTreeRoot"[..], b"/MarkInfo", b"/Lang", b"/ToUnicode", b"pdfuaid"] {
        assert!(has(words), "{}", String::from_utf8_lossy(words));
    }
}

#[test]
fn many_lines_go_on_the_next_page_and_letters_no_font_has_do_not_stop_it() {
    let items = (0..200).map(|n| (format!("Medisin {n}"), "1 tablett 日本 \u{1F600}".to_owned())).collect();
    let bytes = write(&paper(vec![Block::Heading("H".into()), Block::List(items)])).unwrap();
    let pages = bytes.windows(10).filter(|window| window == b"/Type/Page" || window == b"/Type /Pag").count();
    assert!(pages > 3, "{pages}");
    let endless = vec![Block::Paragraph("ord ".repeat(100_000))];
    assert!(write(&paper(endless)).is_err(), "there is a limit");
}

#[test]
fn the_same_paper_is_the_same_file() {
    let make = || write(&paper(vec![Block::Paragraph("Samme".into())])).unwrap();
    assert_eq!(make(), make());
}
