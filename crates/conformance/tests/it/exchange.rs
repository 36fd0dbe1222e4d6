//! A failure shows how to send its request again.

use bvnk_simulator::Request;
use conformance::connection::{Connection, Stop, sleep};
use conformance::exchange::Exchange;
use conformance::run::Target;
use http::header;

/// The command has the URL with its path, and the argument that the signature needs.
#[tokio::test]
async fn a_request_is_sent_again_as_it_was() {
    let target = Target::foreign("http://127.0.0.1:9/below", "id", "key", None);
    let Target::Foreign(target) = target.unwrap().key_env("OTHER") else {
        unreachable!("it is no simulator")
    };
    let connection = Connection::foreign(&target, sleep(), Stop::default());
    let connection = connection.await.unwrap();
    let origin = connection.origin();
    let mut request = Request::new(http::Method::POST, "/below/v1");
    let value = http::HeaderValue::from_static("Hawk");
    request.headers.insert(header::AUTHORIZATION, value);
    request.body = r#"{"name":"Łukasz"}"#.into();
    let mut exchange = Exchange {
        operation: "create".to_owned(),
        request,
        response: Err(String::new()),
        repeated: false,
        wrongly_signed: false,
    };
    let curl = exchange.line(&origin, &connection.signer).curl;
    let start = "curl -i -X POST 'http://127.0.0.1:9/below/v1' -H \"authorization: $(";
    let end =
        r#" sign --key-env OTHER POST 'http://127.0.0.1:9/below/v1')" -d '{"name":"\u0141ukasz"}'"#;
    assert!(curl.starts_with(start) && curl.ends_with(end), "{curl}");
    let second = http::HeaderValue::from_static("Hawk");
    exchange
        .request
        .headers
        .append(header::AUTHORIZATION, second);
    exchange.wrongly_signed = true;
    let curl = exchange.line(&origin, &connection.signer).curl;
    assert_eq!(curl.matches("authorization: $(").count(), 2, "{curl}");
    exchange.request.body = vec![b'x'; 3_000].into();
    let curl = exchange.line(&origin, &connection.signer).curl;
    let end = " --data-binary @BODY # a file with the body, 3000 bytes";
    assert!(curl.ends_with(end), "{curl}");
}
