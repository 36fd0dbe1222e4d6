//! What is wrong with a status that a server shows.

use conformance::specification::{StatusAttribute, misspelt};

#[test]
fn a_status_goes_back_when_it_returns_or_leaves_an_end() {
    let attribute = StatusAttribute {
        of: "200".to_owned(),
        pointer: "/state".to_owned(),
        clause: String::new(),
        ends: Vec::new(),
        known: Vec::new(),
        open: true,
        terminal: vec!["DONE".to_owned()],
    };
    for (statuses, back) in [
        ("A", false),
        ("A A B DONE DONE", false),
        ("A B A", true),
        ("A DONE A", true),
        ("DONE OTHER", true),
    ] {
        let statuses: Vec<String> = statuses.split(' ').map(str::to_owned).collect();
        assert_eq!(attribute.goes_back(&statuses), back, "{statuses:?}");
    }
}

#[test]
fn one_letter_off_is_misspelt_and_another_word_is_not() {
    let listed = ["VERIFIED", "PENDING_AGREEMENTS", "OFF"].map(str::to_owned);
    for (value, meant) in [
        ("VERIFEID", Some("VERIFIED")),
        ("verified", Some("VERIFIED")),
        (" VERIFIED ", Some("VERIFIED")),
        ("PENDING_AGREEMENT", Some("PENDING_AGREEMENTS")),
        ("UNVERIFIED", None),
        ("PENDING", None),
        ("ON", None),
        ("INFO_REQUIRED", None),
    ] {
        assert_eq!(misspelt(value, listed.iter()), meant, "{value}");
    }
}
