//! Calls of operations with every kind of parameter, body and success, declared with the
//! macros that generated code is written in.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bvnk_gen::{Body, Error, Operation, Transport};
use bytes::Bytes;
use http::{Request, Response};

use api::{Client, types};

mod api {
    pub mod types {
        use bvnk_gen::Nullable;

        bvnk_gen::object! {
            /// A thing.
            #[builder(ThingBuilder)]
            pub struct Thing {
                #[wire(required = "name")]
                pub name: Name,
                #[wire(optional_nullable = "note")]
                pub note: Name,
                #[wire(optional_list = "tags")]
                pub tags: Name,
                #[wire(constant = "kind")]
                pub kind: Kind,
            }
        }

        bvnk_gen::string! {
            /// A name.
            #[min_length(2)]
            pub struct Name(String);
        }

        bvnk_gen::text_enum! {
            /// A kind.
            pub enum Kind {
                #[is_thing]
                Thing = "THING",
            }
        }

        bvnk_gen::responses! {
            /// Several.
            pub enum Replaced {
                #[status(200)]
                Ok(Thing),
                #[status(201)]
                Created(Name),
                #[no_body(204)]
                NoContent,
            }
        }

        bvnk_gen::object! {
            /// A price.
            #[builder(PriceBuilder)]
            pub struct Price {
                #[wire(required = "amount")]
                pub amount: i64,
            }
        }

        bvnk_gen::one_of! {
            /// One of two.
            pub enum Offer {
                Thing(Thing),
                Price(Price),
            }
        }

        /// Null and absent are different.
        pub type Note = Option<Nullable<Name>>;
    }

    bvnk_gen::client! {
        /// A client.
        pub struct Client;
    }

    impl<T: bvnk_gen::Transport> Client<T> {
        pub fn find(&self) -> builder::Find<T> {
            builder::Find::new(self.clone())
        }

        pub fn replace(&self) -> builder::Replace<T> {
            builder::Replace::new(self.clone())
        }
    }

    pub mod builder {
        use super::{Client, types};

        bvnk_gen::operation! {
            /// Finds.
            #[operation("find", "GET", "/things/{owner}")]
            #[returns(json_or_none(types::Thing, 204))]
            pub struct Find {
                #[argument(path, required = "owner", Joined)]
                owner: types::Name,
                #[argument(query, optional_list = "tag", Repeated)]
                tag: types::Name,
                #[argument(query, optional = "page", Repeated)]
                page: i64,
                #[argument(header, list = "X-Fields", Joined)]
                fields: types::Name,
            }
        }

        bvnk_gen::operation! {
            /// Replaces.
            #[operation("replace", "PUT", "/things", idempotency = "key")]
            #[returns(responses(types::Replaced))]
            pub struct Replace {
                #[argument(header, optional = "Key", Joined)]
                idempotency_key: bvnk_gen::Uuid,
                #[argument(body, required = "application/json", Joined)]
                body: types::Thing,
            }
        }
    }
}

/// What was sent: method, URL and a header of each request, and its body.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// A server that always responds alike.
#[derive(Clone)]
struct Server {
    status: u16,
    answer: &'static str,
    sent: Sent,
}

impl Transport for Server {
    type Error = Error;
    type Options = ();

    async fn send(
        &self,
        operation: &'static Operation,
        request: Request<Body>,
        (): (),
    ) -> Result<Response<Bytes>, Error> {
        assert_eq!(operation.method, request.method().as_str());
        let headers = request.headers();
        let head = format!(
            "{} {} {:?}",
            request.method(),
            request.uri(),
            headers.get("x-fields").or(headers.get("key"))
        );
        let body = request.into_body().into_inner().unwrap_or_default();
        let body = String::from_utf8(body.to_vec()).unwrap();
        self.sent.lock().unwrap().push((head, body));
        let mut response = Response::new(self.answer.into());
        *response.status_mut() = self.status.try_into().unwrap();
        Ok(response)
    }
}

/// A client of such a server, and what that was sent.
fn client(status: u16, answer: &'static str) -> (Client<Server>, Sent) {
    let sent = Sent::default();
    let server = Server {
        status,
        answer,
        sent: Arc::clone(&sent),
    };
    let base_url = "http://h/base".parse().unwrap();
    (Client::new(base_url, server), sent)
}

/// Nothing here waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

fn thing() -> types::ThingBuilder {
    types::Thing::builder().name("a thing")
}

#[test]
fn parameters_reach_path_query_and_headers() {
    let (client, sent) = client(200, r#"{"name": "ab", "kind": "THING"}"#);
    let call = client
        .find()
        .owner("a/b")
        .tag(["c d", "ef"])
        .page(Some(2))
        .fields(vec!["gh", "ij"]);
    let found = now(call.send()).unwrap();
    assert_eq!(found.as_ref().unwrap().name, "ab");
    let call = client
        .find()
        .owner("ab")
        .tag(None::<[&str; 0]>)
        .fields(["kl"]);
    now(call.send()).unwrap();
    let sent: Vec<String> = sent
        .lock()
        .unwrap()
        .iter()
        .map(|(head, _)| head.clone())
        .collect();
    assert_eq!(
        sent,
        [
            r#"GET http://h/base/things/a%2Fb?tag=c%20d&tag=ef&page=2 Some("gh,ij")"#,
            r#"GET http://h/base/things/ab Some("kl")"#,
        ]
    );
}

#[test]
fn everything_wrong_is_reported_before_anything_is_sent() {
    let (client, sent) = client(200, "");
    let call = client.find().owner("a").tag(["bc", "d", "ef", "g"]);
    let error = now(call.send()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid request, nothing was sent: owner: must have at least 2 characters; \
         tag[1]: must have at least 2 characters; tag[3]: must have at least 2 characters; \
         X-Fields: is required"
    );
    let body = types::Thing::builder().note("x").kind("OTHER").tags(["y"]);
    let call = client.replace().idempotency_key("no key").body(body);
    let error = now(call.send()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid request, nothing was sent: Key: must be a UUID; name: is required; \
         note: must have at least 2 characters; tags[0]: must have at least 2 characters; \
         kind: must be THING"
    );
    let error = now(client.replace().send()).unwrap_err();
    assert!(error.to_string().ends_with("body: is required"), "{error}");
    assert!(sent.lock().unwrap().is_empty());
}

#[test]
fn null_absent_and_empty_are_different() {
    use bvnk_gen::Nullable;
    let cases: [(types::ThingBuilder, &str); 6] = [
        (thing(), r#"{"name":"a thing","kind":"THING"}"#),
        (
            thing().note(None::<&str>).tags(None::<Vec<&str>>),
            r#"{"name":"a thing","kind":"THING"}"#,
        ),
        (
            thing().note(Nullable::<&str>::Null),
            r#"{"name":"a thing","note":null,"kind":"THING"}"#,
        ),
        (
            thing().note("why"),
            r#"{"name":"a thing","note":"why","kind":"THING"}"#,
        ),
        (
            thing().tags([""; 0]),
            r#"{"name":"a thing","tags":[],"kind":"THING"}"#,
        ),
        (
            thing().tags(Some(["ab"])),
            r#"{"name":"a thing","tags":["ab"],"kind":"THING"}"#,
        ),
    ];
    for (builder, expected) in cases {
        let (client, sent) = client(204, "");
        now(client.replace().body(builder).send()).unwrap();
        let (_, body) = sent.lock().unwrap().remove(0);
        assert_eq!(body, expected);
        let read: types::Thing = bvnk_gen::from_json(expected.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), expected);
        let _: &types::Note = &read.note;
    }
}

#[test]
fn successes_are_decoded_by_status() {
    let json = r#"{"name": "ab", "kind": "THING"}"#;
    for (status, body, expected) in [
        (200, json, "Ok(Thing { "),
        (201, r#""ab""#, "Created(Name(<hidden>))"),
        (204, "", "NoContent"),
        // Another success, with a body of one of the kinds.
        (202, json, "Ok(Thing { "),
        (202, r#""ab""#, "Created(Name(<hidden>))"),
    ] {
        let (client, _) = client(status, body);
        let value = now(client.replace().body(thing()).send()).unwrap();
        assert!(
            format!("{:?}", *value).starts_with(expected),
            "{status} {value:?}"
        );
        assert_eq!(value.status(), status);
    }
    for (status, body) in [
        (200, r#""ab""#),
        (201, json),
        (204, "<html>"),
        (202, "<html>"),
    ] {
        let (client, _) = client(status, body);
        let error = now(client.replace().body(thing()).send()).unwrap_err();
        assert!(
            matches!(error, Error::InvalidResponse { .. }),
            "{status} {error}"
        );
    }
    for (status, body) in [(200, ""), (204, "<html>"), (202, "")] {
        let (client, _) = client(status, body);
        let error = now(client.find().owner("ab").fields([""; 0]).send()).unwrap_err();
        assert!(
            matches!(error, Error::InvalidResponse { .. }),
            "{status} {error}"
        );
    }
    let (client, _) = client(400, json);
    let error = now(client.replace().body(thing()).send()).unwrap_err();
    let Error::ErrorResponse(response) = error else {
        unreachable!("a 400 is an error")
    };
    assert!(response.decode::<types::Thing>().unwrap().kind.is_thing());
}

#[test]
fn an_unknown_alternative_is_kept_in_responses_and_refused_in_requests() {
    use types::Offer;
    for (json, is_known) in [
        (r#"{"amount":7}"#, true),
        (r#"{"name":"ab","kind":"THING"}"#, true),
        (r#"{"voucher":{"code":"c4nary"}}"#, false),
        (r#"{"amount":"7"}"#, false),
        ("[7]", false),
    ] {
        let read: Offer = bvnk_gen::from_json_lenient(json.as_bytes()).unwrap();
        assert_eq!(!matches!(read, Offer::Unknown(_)), is_known, "{json}");
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        assert_eq!(serde_json::from_str::<Offer>(json).unwrap(), read);
        assert!(!format!("{read:?}").contains("c4nary"), "{read:?}");
        assert_eq!(
            bvnk_gen::from_json::<Offer>(json.as_bytes()).is_ok(),
            is_known
        );
    }
    let error = bvnk_gen::from_json::<Offer>(br#"{"amount": "7"}"#).unwrap_err();
    assert_eq!(error.to_string(), "amount: must be an integer");
}

#[test]
fn a_call_is_owned_and_can_be_sent_between_threads() {
    fn is_owned<T: Send + 'static>(_: &T) {}
    let call = {
        let (client, _) = client(200, "");
        client.find().owner("ab").fields(["cd"]).send()
    };
    is_owned(&call);
}
