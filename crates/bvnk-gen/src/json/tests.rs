//! Tests of the reader of JSON: suggestions for unknown names.

use super::*;

#[test]
fn near_names_are_suggested() {
    let names = ["nationality", "firstName", "signed_agreement_id"];
    for (given, suggestion) in [
        ("natonality", Some("nationality")),
        ("first_name", Some("firstName")),
        ("firstname", Some("firstName")),
        ("signedAgreementId", Some("signed_agreement_id")),
        ("middle", None),
        ("", None),
    ] {
        let message = unknown_member(given, &names).to_string();
        match suggestion {
            Some(known) => assert!(message.ends_with(&format!("did you mean `{known}`?"))),
            None => assert_eq!(message, format!("unknown field `{given}`")),
        }
    }
}
