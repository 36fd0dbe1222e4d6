//! The requests that faults are tried with.

use bvnk_simulator::hawk::{Kind, Signed, mac, payload_hash};
use bvnk_simulator::{Request, Simulator};
use http::Method;
use serde_json::{Value, json};

use crate::common::*;
use crate::seen::{see, see_as_it_is};

/// A name, and what is seen.
pub(crate) type Probe = (&'static str, fn(&mut Simulator) -> String);

pub(crate) const PROBES: &[Probe] = &[
    ("create", |it| see(it, creation(&example(), Some(UUID_B)))),
    ("create with a derived key", |it| {
        let derived = "86b5f133-9ee8-5f67-8747-7c9d0894a68b";
        see(it, creation(&example(), Some(derived)))
    }),
    ("create without key", |it| {
        see(it, creation(&example(), None))
    }),
    ("create with two keys", |it| {
        let mut request = creation(&example(), Some(UUID_A));
        request.headers.append(IDEMPOTENCY, UUID_B.parse().unwrap());
        see(it, request)
    }),
    ("create with a wrong key", |it| {
        see(it, creation(&example(), Some("key")))
    }),
    ("create in UTF-8", |it| {
        let mut request = creation(&example(), None);
        set(
            &mut request,
            "content-type",
            "application/json; charset=utf-8",
        );
        see(it, request)
    }),
    ("create from text", |it| {
        let mut request = creation(&example(), None);
        set(&mut request, "content-type", "text/plain");
        see(it, request)
    }),
    ("create and look", |it| {
        let response = it.handle(&sign(creation(&example(), None)), NOW);
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        see(it, look(body["reference"].as_str().unwrap_or("nobody")))
    }),
    ("look", |it| see(it, look("customer-2"))),
    ("look six times", |it| {
        let looks = [(); 6].map(|()| {
            let (status, body) = send(it, look("customer-2"));
            match body["status"].as_str() {
                Some(status) => format!("{} {status}", body["reference"].as_str().unwrap_or("-")),
                None => status.to_string(),
            }
        });
        looks.join(", ")
    }),
    ("look for nobody", |it| see(it, look("nobody"))),
    ("look for a beginning", |it| see(it, look("customer"))),
    ("repeat", |it| {
        let seen = again(it, |_| {});
        let twice = see(it, creation(&example(), Some(UUID_B)));
        let first = it.customers().get(2);
        format!(
            "{seen}, {twice}, {}",
            first.map_or("-", |first| first.status())
        )
    }),
    ("repeat in capitals", |it| {
        again(it, |request| {
            set(request, IDEMPOTENCY, &UUID_B.to_ascii_uppercase())
        })
    }),
    ("repeat with another body", |it| {
        again(it, |request| {
            request.body = with("/individual/address/city", "another")
                .to_string()
                .into();
        })
    }),
    ("repeat with a query", |it| {
        again(it, |request| request.target.push_str("?a=1"))
    }),
    ("a key that begins as another", |it| {
        again(it, |request| {
            let key = format!("{}{}", &UUID_B[..18], &UUID_A[18..]);
            set(request, IDEMPOTENCY, &key);
        })
    }),
    ("another caller's key", |it| {
        it.handle(&sign(creation(&example(), Some(UUID_B))), NOW);
        let request = creation(&example(), Some(UUID_B));
        see_as_it_is(
            it,
            &sign_as(request, OTHER_ID, OTHER_KEY, NOW, "other", None),
        )
    }),
    ("mend with the same key", |it| {
        let wrong = see(it, creation(&with("/type", "COMPANY"), Some(UUID_B)));
        format!("{wrong}, {}", see(it, creation(&example(), Some(UUID_B))))
    }),
    ("a body that is no JSON", |it| {
        let mut request = creation(&example(), None);
        request.body = "{".into();
        see(it, request)
    }),
    ("a list for a body", |it| {
        see(it, creation(&json!([]), None))
    }),
    ("without a required member", |it| {
        let mut body = example();
        body["individual"]
            .as_object_mut()
            .unwrap()
            .remove("lastName");
        see(it, creation(&body, None))
    }),
    ("a number for a name", |it| {
        see(it, creation(&with("/individual/firstName", 7), None))
    }),
    ("null for an address", |it| {
        see(it, creation(&with("/individual/email", Value::Null), None))
    }),
    ("another date", |it| {
        see(
            it,
            creation(&with("/individual/dateOfBirth", "12.05.1990"), None),
        )
    }),
    ("another country", |it| {
        see(
            it,
            creation(&with("/individual/address/countryCode", "us"), None),
        )
    }),
    ("another type", |it| {
        see(it, creation(&with("/type", "COMPANY"), None))
    }),
    ("an empty name", |it| {
        see(it, creation(&with("/signed_agreement_id", ""), None))
    }),
    ("an unknown member", |it| {
        let mut body = example();
        body["individual"]["more"] = json!(1);
        see(it, creation(&body, None))
    }),
    ("an unlisted value", |it| {
        see(
            it,
            creation(&with("/individual/riskScore", "UNHEARD_OF"), None),
        )
    }),
    ("a body with everything", |it| {
        let mut body = example();
        body["individual"]["address"]["addressLine2"] = json!("Flat 2");
        see(it, creation(&body, None))
    }),
    ("a body without what is optional", |it| {
        let mut body = example();
        for optional in ["riskScore", "email", "identification", "edd"] {
            body["individual"].as_object_mut().unwrap().remove(optional);
        }
        see(it, creation(&body, None))
    }),
    ("another method", |it| {
        let mut request = creation(&example(), None);
        request.method = Method::DELETE;
        see(it, request)
    }),
    ("another path", |it| {
        see(it, request(Method::GET, "/elsewhere", ""))
    }),
    ("unsigned", |it| see_as_it_is(it, &look("customer-2"))),
    ("another scheme", |it| {
        let mut request = look("customer-2");
        set(&mut request, "authorization", "Basic dTpw");
        see_as_it_is(it, &request)
    }),
    ("signed twice", |it| {
        let mut request = sign(look("customer-2"));
        let second = request.headers["authorization"].clone();
        request.headers.append("authorization", second);
        see_as_it_is(it, &request)
    }),
    ("an unknown id", |it| {
        see_as_it_is(it, &sign_as(look("customer-2"), "who", KEY, NOW, "u", None))
    }),
    ("an id in capitals", |it| {
        let id = ID.to_ascii_uppercase();
        see_as_it_is(it, &sign_as(look("customer-2"), &id, KEY, NOW, "c", None))
    }),
    ("another key", |it| {
        see_as_it_is(
            it,
            &sign_as(look("customer-2"), ID, "other", NOW, "k", None),
        )
    }),
    ("an empty key", |it| {
        see_as_it_is(it, &sign_as(look("customer-2"), ID, "", NOW, "e", None))
    }),
    ("half a MAC", |it| {
        let mut request = sign(look("customer-2"));
        let header = request.headers["authorization"]
            .to_str()
            .unwrap()
            .to_owned();
        set(
            &mut request,
            "authorization",
            &format!("{}\"", &header[..header.len() - 20]),
        );
        see_as_it_is(it, &request)
    }),
    ("signed for another method", |it| {
        forged(it, |signed| signed.method = "POST")
    }),
    ("signed for another customer", |it| {
        forged(it, |signed| {
            signed.resource = "/platform/v1/customers/customer-1"
        })
    }),
    ("signed without the query", |it| {
        let mut request = look("customer-2");
        request.target.push_str("?a=1");
        forged_as(it, request, "", |signed| {
            signed.resource = "/platform/v1/customers/customer-2";
        })
    }),
    ("signed for another host", |it| {
        forged(it, |signed| signed.host = "api.bvnk.com")
    }),
    ("signed for another port", |it| {
        forged(it, |signed| signed.port = 443)
    }),
    ("signed for another time", |it| {
        forged(it, |signed| signed.ts -= 5)
    }),
    ("signed with a nonce seen before", |it| {
        let request = sign_as(look("customer-2"), ID, KEY, NOW, "first", None);
        it.handle(&request, NOW);
        forged(it, |signed| signed.nonce = "first")
    }),
    ("a hash that is not signed", |it| {
        let hash = format!(r#", hash="{}""#, payload_hash("", b""));
        forged_as(it, look("customer-2"), &hash, |_| {})
    }),
    ("a hash that is left out", |it| {
        let hash = payload_hash("", b"");
        let hash: &'static str = hash.leak();
        forged_as(it, look("customer-2"), "", move |signed| {
            signed.hash = Some(hash)
        })
    }),
    ("an ext that is not signed", |it| {
        forged_as(it, look("customer-2"), r#", ext="more""#, |_| {})
    }),
    ("the hash of another body", |it| {
        let hash = payload_hash("", b"another body");
        see_as_it_is(
            it,
            &sign_as(look("customer-2"), ID, KEY, NOW, "h", Some(&hash)),
        )
    }),
    ("an old time, then mended", |it| {
        let old = sign_as(look("customer-2"), ID, KEY, NOW - 61, "o", None);
        let mended = sign_as(look("customer-2"), ID, KEY, NOW, "o", None);
        format!("{}, {}", see_as_it_is(it, &old), see_as_it_is(it, &mended))
    }),
    ("a time to come", |it| {
        see_as_it_is(it, &sign_at(look("customer-2"), NOW + 61))
    }),
    ("the same signature again", |it| {
        let request = sign(look("customer-2"));
        it.handle(&request, NOW);
        see_as_it_is(it, &request)
    }),
];

/// The example with another value in one place.
fn with(pointer: &str, value: impl Into<Value>) -> Value {
    let mut body = example();
    *body.pointer_mut(pointer).unwrap() = value.into();
    body
}

/// A creation, and then another one that differs in this.
fn again(it: &mut Simulator, change: fn(&mut Request)) -> String {
    it.handle(&sign(creation(&example(), Some(UUID_B))), NOW);
    let mut request = creation(&example(), Some(UUID_B));
    change(&mut request);
    see(it, request)
}

/// A look whose signature covers something else than the look.
fn forged(it: &mut Simulator, bend: fn(&mut Signed<'_>)) -> String {
    forged_as(it, look("customer-2"), "", bend)
}

/// The same with attributes that go into the header after signing.
fn forged_as(
    it: &mut Simulator,
    mut request: Request,
    added: &str,
    bend: impl FnOnce(&mut Signed<'_>),
) -> String {
    let target = request.target.clone();
    let mut signed = Signed {
        ts: NOW,
        nonce: "forged",
        method: "GET",
        resource: &target,
        host: "sim.test",
        port: 8080,
        hash: None,
        ext: None,
        app: None,
        dlg: None,
    };
    bend(&mut signed);
    let mac = mac(Kind::Header, KEY, &signed);
    let header = format!(r#"Hawk id="{ID}", ts="{NOW}", nonce="forged"{added}, mac="{mac}""#);
    set(&mut request, "authorization", &header);
    see_as_it_is(it, &request)
}
