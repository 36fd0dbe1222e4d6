//! Tests of requests: their URL, headers and bodies.

#![allow(clippy::unwrap_used)]
use super::*;

static OPERATION: Operation = Operation::new(
    "find",
    "GET",
    "/a/{id}/{ids}",
    Some("idempotency-key"),
    true,
);

fn url(parts: RequestParts) -> Result<String, String> {
    let base = "https://h/base".parse().unwrap();
    match parts.request(&base) {
        Ok(request) => Ok(request.uri().to_string()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn path_parameters_stay_one_segment() {
    for (value, encoded) in [
        ("f81a5b62-27b8", "f81a5b62-27b8"),
        ("a/b", "a%2Fb"),
        ("a?b#c+d", "a%3Fb%23c%2Bd"),
        ("%2e%2e", "%252e%252e"),
        ("...", "..."),
        ("é\\ {ids}", "%C3%A9%5C%20%7Bids%7D"),
    ] {
        let mut parts = RequestParts::new(&OPERATION);
        parts.path("id", List::Repeated, Slot::Set(value));
        parts.path("ids", List::Repeated, Slot::Set(vec![1, 2]));
        assert_eq!(
            url(parts).unwrap(),
            format!("https://h/base/a/{encoded}/1,2")
        );
    }
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let mut parts = RequestParts::new(&OPERATION);
    parts.path("id", List::Repeated, Slot::Set(".."));
    parts.path::<String>("ids", List::Repeated, Slot::Missing);
    parts.header("h", List::Repeated, Slot::Set("a\nb"));
    parts.body(
        "application/json",
        List::Joined,
        Slot::<String>::Missing.into(),
    );
    let message = url(parts).unwrap_err();
    for expected in [
        "id: must not be empty",
        "ids: is required",
        "h: has",
        "body: is",
    ] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn lists_are_repeated_or_joined_and_null_is_left_out() {
    let items = || Slot::Set(["a b", "c"]);
    let mut parts = RequestParts::new(&OPERATION);
    parts.query("r&", List::Repeated, items());
    parts.query("j", List::Joined, items());
    parts.query("none", List::Repeated, Slot::Set(None::<bool>));
    parts.query("empty", List::Joined, Slot::Set([""; 0]));
    parts.query("numbers", List::Joined, Slot::Set([7.0, -0.5, 1e300]));
    parts.query("on", List::Repeated, Slot::Set(Some(true)));
    parts.header("list", List::Repeated, items());
    parts.header("empty", List::Repeated, Slot::Set([""; 0]));
    let base = "https://h".parse().unwrap();
    let request = parts.request(&base).unwrap();
    assert_eq!(
        request.uri().query().unwrap(),
        "r%26=a%20b&r%26=c&j=a%20b,c&numbers=7,-0.5,1e%2B300&on=true"
    );
    assert_eq!(request.headers()["list"], "a b,c");
    assert!(!request.headers().contains_key("empty"));
    let url: &url::Url = request.extensions().get().unwrap();
    assert_eq!(url.as_str(), request.uri().to_string());
}
